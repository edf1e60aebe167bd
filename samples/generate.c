/* generate: labelled cases for tests, benchmarks and the samples of this folder.
 *     generate --scenario NAME --seed N [--invocations N] [--container export|subscription|filter] [--files
 * K]
 *              [--text] [--zlib] -o DIR
 *     generate --list
 * Writes DIR/evidence/ and DIR/truth.json. The same scenario, seed and number of invocations is the same
 * incident in every container, on every machine. It includes nothing of the program that it tests. */
#include "samples/gzip.h"
#include "samples/scenarios.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXIT_USAGE = 3, INVOCATIONS_DEFAULT = 300, INVOCATIONS_MIN = 60, FILES_MAX = 10000 };

struct options {
    const char *scenario, *folder;
    uint64_t seed, invocations, files;
    enum container container;
    bool text, portable, list;
};

static int usage(const char *why, const char *what)
{
    fprintf(stderr,
            "generate: %s%s\n"
            "usage: generate --scenario NAME --seed N [--invocations N] [--container "
            "export|subscription|filter]\n"
            "                [--files K] [--text] [--zlib] -o DIR\n"
            "       generate --list\n",
            why, what);
    return EXIT_USAGE;
}

static bool read_number(const char *text, uint64_t *ret)
{
    uint64_t value = 0;
    for (; *text >= '0' && *text <= '9' && value < UINT64_MAX / 100; text++)
        value = value * 10 + (uint64_t)(*text - '0');
    *ret = value;
    return *text == 0;
}

static bool read_container(const char *text, enum container *ret)
{
    static const char *const names[] = {"export", "subscription", "filter"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(text, names[i]) == 0) {
            *ret = (enum container)i;
            return true;
        }
    }
    return false;
}

/* An option with a value. */
static bool read_valued(struct options *o, const char *name, const char *value)
{
    if (strcmp(name, "--scenario") == 0)
        o->scenario = value;
    else if (strcmp(name, "-o") == 0)
        o->folder = value;
    else if (strcmp(name, "--seed") == 0)
        return read_number(value, &o->seed);
    else if (strcmp(name, "--invocations") == 0)
        return read_number(value, &o->invocations);
    else if (strcmp(name, "--files") == 0)
        return read_number(value, &o->files) && o->files >= 1 && o->files <= FILES_MAX;
    else if (strcmp(name, "--container") == 0)
        return read_container(value, &o->container);
    else
        return false;
    return true;
}

static int read_options(int argc, char **argv, struct options *o)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0)
            o->list = true;
        else if (strcmp(argv[i], "--text") == 0)
            o->text = true;
        else if (strcmp(argv[i], "--zlib") == 0)
            o->portable = true;
        else if (i + 1 == argc || !read_valued(o, argv[i], argv[i + 1]))
            return usage("cannot use ", argv[i]);
        else
            i++;
    }
    if (!o->list && (!o->scenario || !o->folder))
        return usage("--scenario and -o are needed", "");
    return 0;
}

static int print_list(void)
{
    for (const struct scenario *s = scenarios; s->name; s++)
        printf("%-26s %-9s %s\n", s->name, s->kind, s->doc);
    return 0;
}

static void generate(const struct scenario *scenario, const struct options *o, const char *evidence,
                     const char *truth)
{
    static struct world w;
    struct writer_options writer = {.folder = evidence,
                                    .container = o->container,
                                    .files = (unsigned)o->files,
                                    .plain = o->text,
                                    .portable = o->portable,
                                    .seed = o->seed};
    world_init(&w, random_mix(o->seed, random_hash(scenario->name)), o->invocations, &writer);
    scenario->setup(&w);
    world_run(&w);
    gzip_folders(truth);
    truth_write(&w.truth, truth, scenario->name, scenario->kind, o->seed);
    world_done(&w);
}

int main(int argc, char **argv)
{
    struct options o = {.seed = 1, .invocations = INVOCATIONS_DEFAULT, .files = 1};
    int failed = read_options(argc, argv, &o);
    if (failed || o.list)
        return failed ? failed : print_list();
    const struct scenario *s = scenarios;
    while (s->name && strcmp(s->name, o.scenario) != 0)
        s++;
    if (!s->name)
        return usage("no such scenario: ", o.scenario);
    if (o.invocations < INVOCATIONS_MIN)
        return usage("--invocations must be 60 at least", "");
    char *evidence = compose_string("%s/evidence", o.folder),
         *truth = compose_string("%s/truth.json", o.folder);
    struct stat there;
    if (stat(evidence, &there) == 0)
        return usage("is there already, remove it first: ", evidence);
    generate(s, &o, evidence, truth);
    free(evidence);
    free(truth);
    return 0;
}
