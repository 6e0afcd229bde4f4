/* What shells can offer: see completions.h. */
#include "tool/manual/completions.h"

enum completion completion_of(const char *placeholder)
{
    static const struct {
        const char *part;
        enum completion what;
    } rows[] = {
        { "|", COMPLETE_WORDS },         { ".wasm", COMPLETE_COMPONENTS }, { "FILE", COMPLETE_FILES },
        { "DIR", COMPLETE_DIRECTORIES }, { "USER", COMPLETE_USERS },       { "GROUP", COMPLETE_GROUPS },
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        if (str_find(str_of(placeholder), str_of(rows[i].part)) != SIZE_MAX)
            return rows[i].what;
    return COMPLETE_NOTHING;
}

void completion_print_words(FILE *f, const char *placeholder)
{
    for (const char *c = placeholder; *c; c++)
        fputc(*c == '|' ? ' ' : *c, f);
}
