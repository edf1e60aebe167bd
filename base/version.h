/* The program's version, shown by --version and in reports. Raised with CHANGELOG.md. */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#define PROGRAM_VERSION "0.1.0"

#endif
