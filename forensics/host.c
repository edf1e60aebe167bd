/* The host in an invocation's last words. A wrong host sends people to the wrong service, so what could be a file, a
 * class, a version, a bucket or a mail's domain is none. */
#include "forensics/host.h"

#include "base/text.h"

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_host(char c)
{
    return text_is_alnum(c) || c == '-' || c == '.';
}

static bool one_of(struct slice word, const char *const *words)
{
    while (*words && !slice_eq_nocase(word, slice_str(*words)))
        words++;
    return *words != NULL;
}

static size_t count(struct slice s, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == c;
    return n;
}

/* ---- is it a host's name? ---- */

static bool is_ip(struct slice s)
{
    for (int i = 0; i < 4; i++) {
        struct slice label = slice_cut(&s, '.');
        uint64_t n;
        if (!text_u64(&label, &n) || n > 255 || label.n)
            return false;
    }
    return s.n == 0;
}

/* Letters of one case; a class ends in a word with a capital, a version in a digit, a file in one of these. */
static bool is_domain(struct slice label)
{
    static const char *const files[] = {
        "js",   "ts",    "py",    "rb",    "go",      "rs",  "cs",   "kt",   "pl",   "sh",  "md",
        "gz",   "db",    "so",    "cc",    "ml",      "vb",  "fs",   "jsx",  "tsx",  "mjs", "cjs",
        "java", "php",   "cpp",   "json",  "jsonl",   "csv", "tsv",  "xml",  "yaml", "yml", "html",
        "css",  "txt",   "log",   "sql",   "jar",     "zip", "toml", "conf", "pdf",  "png", "jpg",
        "lock", "class", "scala", "swift", "parquet", "ini", "tmp",  "bak",  "env",  NULL};
    for (size_t i = 0; i < label.n; i++)
        if (text_is_digit(label.p[i]) || label.p[i] == '-' || is_lower(label.p[i]) != is_lower(*label.p))
            return false;
    return label.n >= 2 && !one_of(label, files);
}

static bool is_known_domain(struct slice label)
{
    static const char *const known[] = {"com",      "net", "org",    "dev",         "cloud", "info", "biz",
                                        "gov",      "edu", "mil",    "internal",    "local", "lan",  "corp",
                                        "intranet", "svc", "consul", "localdomain", NULL};
    return is_domain(label) && (label.n == 2 || one_of(label, known));
}

/* Labels with a dot between two, none of them empty. */
static bool is_dotted(struct slice name)
{
    size_t dots = 0;
    for (size_t i = 0; i < name.n; i++) {
        if (name.p[i] != '.')
            continue;
        dots++;
        if (i == 0 || i + 1 == name.n || name.p[i + 1] == '.')
            return false;
    }
    return dots > 0 && name.p[0] != '-' && name.p[name.n - 1] != '-';
}

/* Without the stop that ends a sentence or a full name. */
static struct slice host_at(struct slice s)
{
    size_t n = 0;
    while (n < s.n && is_host(s.p[n]))
        n++;
    while (n > 0 && s.p[n - 1] == '.')
        n--;
    return slice_head(s, n);
}

/* ---- URLs ---- */

static struct slice word_before(struct slice text, size_t end)
{
    size_t i = end;
    while (i > 0 && (text_is_alnum(text.p[i - 1]) || text.p[i - 1] == '.'))
        i--;
    return slice_of(text.p + i, end - i);
}

static struct slice take_word(struct slice *before)
{
    size_t end = before->n;
    while (end > 0 && !text_is_alnum(before->p[end - 1]) && before->p[end - 1] != '\n')
        end--;
    struct slice word = word_before(*before, end);
    *before = slice_head(*before, end - word.n);
    return word;
}

/* see https://…, docs at https://…, more info: https://…, (Background on this error at: https://…) */
static bool is_referred(struct slice before)
{
    static const char *const joints[] = {"at", "to", "on", "also", "the", NULL};
    static const char *const pages[] = {"see",       "doc",   "docs", "documentation", "refer",
                                        "reference", "guide", "wiki", "manual",        "runbook",
                                        "faq",       "e.g",   NULL};
    static const char *const loose[] = {"info", "information", "details", "help", "error", NULL};
    static const char *const leads[] = {"more", "this", "further", "for", NULL};
    struct slice word = take_word(&before);
    for (int i = 0; i < 2 && one_of(word, joints); i++)
        word = take_word(&before);
    return one_of(word, pages) || (one_of(word, loose) && one_of(take_word(&before), leads));
}

/* The authority behind ://, without user:password@. */
static struct slice url_host(struct slice s)
{
    size_t from = 0;
    for (size_t i = 0; i < s.n && !slice_is_space(s.p[i]) && s.p[i] != '\0' && !strchr("/?#\"'<>`", s.p[i]);
         i++)
        if (s.p[i] == '@')
            from = i + 1;
    return host_at(slice_skip(s, from));
}

static struct slice find_url(struct slice text, bool *ret_referred)
{
    static const char *const places[] = {"s3",  "s3a",  "s3n",    "gs",  "file", "arn",      "jar",  "data",
                                         "ssm", "hdfs", "lambda", "sns", "sqs",  "dynamodb", "glue", NULL};
    *ret_referred = false;
    for (size_t from = 0;;) {
        ptrdiff_t at = slice_find(slice_skip(text, from), SLICE("://"));
        if (at < 0)
            return slice_of("", 0);
        size_t colon = from + (size_t)at;
        struct slice scheme = word_before(text, colon);
        struct slice host = url_host(slice_skip(text, colon + 3));
        from = colon + 3;
        if (host.n < 4 || one_of(scheme, places))
            continue;
        if (!is_referred(slice_head(text, colon - scheme.n)))
            return host;
        *ret_referred = true;
    }
}

/* ---- host:port ---- */

/* Of servers, and seldom a line's number. */
static bool is_server_port(uint64_t port)
{
    static const uint16_t ports[] = {1433, 1521, 2181,  3306,  5432,  5439,  5671, 5672, 6379,
                                     6380, 6432, 8080,  8182,  8443,  9042,  9092, 9094, 9096,
                                     9098, 9200, 11211, 27017, 27018, 33060, 50051};
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++)
        if (ports[i] == port)
            return true;
    return false;
}

static bool is_served(struct slice name, uint64_t port)
{
    enum { DNS = 53, HTTP = 80, HTTPS = 443, REGISTERED = 1024 };
    struct slice label = slice_behind(name, '.');
    size_t dots = count(name, '.');
    if (port == 0 || port > 65535 || port == DNS)
        return false;
    if (is_ip(name))
        return true;
    if (!is_dotted(name) || !is_domain(label))
        return false;
    if (is_server_port(port) || (dots >= 2 && port >= REGISTERED))
        return true;
    return is_known_domain(label) && (dots >= 2 || label.n > 2 || port == HTTP || port == HTTPS);
}

static size_t host_start(struct slice text, size_t end)
{
    while (end > 0 && is_host(text.p[end - 1]))
        end--;
    return end;
}

/* :5432 and then neither a letter, as in a time, nor a column's number, nor -> behind one's own end of a socket. */
static bool take_port(struct slice s, uint64_t *ret)
{
    if (!text_u64(&s, ret))
        return false;
    bool column = s.n > 1 && *s.p == ':' && text_is_digit(s.p[1]);
    return !column && !(s.n && text_is_alnum(*s.p)) && !slice_starts(s, SLICE("->"));
}

/* Java prints name/address:port. */
static struct slice name_before(struct slice text, size_t slash)
{
    size_t start = host_start(text, slash);
    struct slice name = slice_of(text.p + start, slash - start);
    return is_dotted(name) && is_domain(slice_behind(name, '.')) ? name : slice_of("", 0);
}

static struct slice served_before(struct slice text, size_t colon)
{
    size_t start = host_start(text, colon);
    struct slice name = slice_of(text.p + start, colon - start), none = slice_of("", 0);
    uint64_t port;
    if (!take_port(slice_skip(text, colon + 1), &port) || !is_served(name, port))
        return none;
    char before = start > 0 ? text.p[start - 1] : ' ';
    if (before == '/' && is_ip(name)) {
        struct slice named = name_before(text, start - 1);
        return named.n ? named : name;
    }
    return before == '/' || before == '@' || before == '_' ? none : name;
}

static struct slice find_served(struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] != ':')
            continue;
        struct slice host = served_before(text, i);
        if (host.n)
            return host;
    }
    return slice_of("", 0);
}

/* ---- bare hosts behind words ---- */

static const struct announcement {
    const char *words;
    bool resolver; /* its argument is a host's name whatever it ends in */
    bool exact;    /* with case: an HTTP method */
} announcements[] = {
    {"getaddrinfo ENOTFOUND ", true, true},
    {"getaddrinfo EAI_AGAIN ", true, true},
    {"UnknownHostException: ", true, true},
    {"Failed to resolve ", true, false},
    {"dial tcp: lookup ", true, true},
    {"lookup ", false, false},
    {"connection to ", false, false},
    {"connecting to ", false, false},
    {"connect to ", false, false},
    {"host=", false, false},
    {"GET ", false, true},
    {"POST ", false, true},
    {"PUT ", false, true},
    {"PATCH ", false, true},
    {"DELETE ", false, true},
    {"HEAD ", false, true},
};

/* The host at the start of `s`, which must end as a host ends. */
static struct slice announced(struct slice s, bool resolver)
{
    if (s.n && (*s.p == '\'' || *s.p == '"' || *s.p == '`'))
        s = slice_skip(s, 1);
    struct slice host = host_at(s), rest = slice_skip(s, host.n), none = slice_of("", 0);
    if (rest.n && (*rest.p == '\0' || (!slice_is_space(*rest.p) && !strchr("'\"`/:,;.)]?", *rest.p))))
        return none;
    if (is_ip(host))
        return host;
    struct slice label = slice_behind(host, '.');
    return is_dotted(host) && (resolver ? is_domain(label) : is_known_domain(label)) ? host : none;
}

static struct slice announced_at(struct slice text, size_t at)
{
    for (size_t i = 0; i < sizeof announcements / sizeof *announcements; i++) {
        const struct announcement *a = &announcements[i];
        struct slice words = slice_str(a->words), here = slice_head(slice_skip(text, at), words.n);
        if (!(a->exact ? slice_eq(here, words) : slice_eq_nocase(here, words)))
            continue;
        struct slice host = announced(slice_skip(text, at + words.n), a->resolver);
        if (host.n)
            return host;
    }
    return slice_of("", 0);
}

static struct slice find_announced(struct slice text)
{
    for (size_t i = 0; i < text.n; i++) {
        if (i > 0 && text_is_alnum(text.p[i - 1]))
            continue;
        struct slice host = announced_at(text, i);
        if (host.n)
            return host;
    }
    return slice_of("", 0);
}

static struct slice find_host(struct slice text, bool *ret_referred)
{
    struct slice host = find_url(text, ret_referred);
    if (host.n == 0)
        host = find_served(text);
    return host.n ? host : find_announced(text);
}

struct slice host_of(struct slice text)
{
    bool referred;
    return find_host(text, &referred);
}

bool host_only_referred(struct slice text)
{
    bool referred;
    return find_host(text, &referred).n == 0 && referred;
}
