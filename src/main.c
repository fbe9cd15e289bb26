#include <string.h>

#include "core/command.h"
#include "export/sheet.h"

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], SHEET_CHILD) == 0)
        return sheet_child_main();
    return command_main(argc, argv);
}
