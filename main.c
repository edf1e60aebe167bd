/* coldcase: offline forensics on AWS Lambda logs and traces. */
#include "reports/command.h"

#include <malloc.h>
#include <signal.h>

int main(int argc, char **argv)
{
    /* Windows and blocks of a megabyte are taken and given back for every file: from the heap they cost no page
     * faults (11 % of the time on a thousand small files). Larger ones are those of base/huge.h, which keeps their pages
     * itself: to free one that stands in the heap would write to pages that went to others. */
    (void)mallopt(M_MMAP_THRESHOLD, 2 << 20);
    (void)mallopt(M_TRIM_THRESHOLD, 64 << 20);
    (void)signal(SIGPIPE, SIG_DFL); /* `coldcase timeline … | head` ends quietly */
    return command_main(argc, argv);
}
