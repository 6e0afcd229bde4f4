/* Snapshots beside the cached code: a program that was started before, here or in another process, is not started
 * again. The file's name is made of all that a start depends on (run/cache_key.h). Internal to run/. */
#ifndef RUNTIME_RUN_SNAPSHOT_FILE_H
#define RUNTIME_RUN_SNAPSHOT_FILE_H

struct program;  /* run/program.h */
struct snapshot; /* run/snapshot.h */

/* Before the program runs: its snapshot, where the cache has one. What cannot be used is started anew. */
void snapshot_load(struct program *p);

/* Has a thread of its own keep a snapshot that was just made, if that is worth it and the file can tell all of it. */
void snapshot_save(const struct program *p, const struct snapshot *s);

/* Waits for that thread. */
void snapshot_save_end(const struct program *p);

#endif
