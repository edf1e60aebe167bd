/* coldcase: offline forensics on AWS Lambda logs and traces. */
#include "reports/command.h"

#include <signal.h>

int main(int argc, char **argv)
{
    (void)signal(SIGPIPE, SIG_DFL); /* `coldcase timeline … | head` ends quietly */
    return command_main(argc, argv);
}
