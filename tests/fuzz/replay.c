/* SPDX-License-Identifier: MIT */
/* Runs a target over every file of a folder.  A folder without files is a failure. */
#include <dirent.h>

#include "fuzz.h"

#define INPUT_MAX 1048576

static void replay(const char *dir, const char *name)
{
    static uint8_t bytes[INPUT_MAX];
    char path[4096];
    FILE *file;
    size_t size;

    snprintf(path, sizeof(path), "%s/%s", dir, name);
    file = fopen(path, "rb");
    CLAIM(file);
    size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    LLVMFuzzerTestOneInput(bytes, size);
}

int main(int argc, char **argv)
{
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int count = 0;

    if (!dir) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    for (const struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        replay(argv[1], entry->d_name);
        count++;
    }
    closedir(dir);
    printf("%d inputs\n", count);
    return count == 0;
}
