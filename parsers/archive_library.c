/* Loading libarchive. */
#include "parsers/archive_library.h"

#include <dlfcn.h>
#include <pthread.h>

static struct archive_library library;
static bool loaded;

static bool find(void *handle, const char *name, void *ret_function)
{
    void *found = dlsym(handle, name);
    *(void **)ret_function = found; /* as POSIX has it: a function's address comes as an object's */
    return found != NULL;
}

static void load(void)
{
    void *handle = dlopen(ARCHIVE_LIBRARY, RTLD_LAZY | RTLD_LOCAL);
    bool all = handle != NULL;
#define FIND(name) all = all && find(handle, #name, &library.name);
    ARCHIVE_FUNCTIONS(FIND)
#undef FIND
    loaded = all;
}

const struct archive_library *archive_library(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    (void)pthread_once(&once, load);
    return loaded ? &library : NULL;
}
