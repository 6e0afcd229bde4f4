/* Runs a fuzz target over every file of its corpus, so that what fuzzing once found stays found without libFuzzer. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return perror(path), 0;
    uint8_t *data = NULL;
    size_t size = 0, room = 0, n;
    do {
        if (size == room)
            data = realloc(data, room = room ? room * 2 : 65536);
        n = fread(data + size, 1, room - size, f);
        size += n;
    } while (n);
    fclose(f);
    /* An exact-size copy, so that the address sanitizer sees a read past the end. */
    uint8_t *exact = malloc(size ? size : 1);
    memcpy(exact, data, size);
    free(data);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 2)
        return fprintf(stderr, "usage: %s CORPUS-DIRECTORY\n", argv[0]), 2;
    DIR *d = opendir(argv[1]);
    if (!d)
        return perror(argv[1]), 1;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(d));) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
        count += replay(path);
    }
    closedir(d);
    printf("%d inputs replayed\n", count);
    return count ? 0 : 1;
}
