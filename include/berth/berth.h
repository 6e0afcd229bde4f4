/* libberth: the Component Model in C. A program that embeds it
 *
 *   1. makes an engine (engine.h),
 *   2. makes a linker and defines what the host offers: interfaces as WIT text and C functions (linker.h),
 *      WASI (wasi.h),
 *   3. opens a component from its bytes and looks up the functions that it exports (component.h),
 *   4. makes instances and calls them (instance.h), with C structs or with dynamic values (value.h),
 *
 * and frees all of that in the opposite order. Errors are values (error.h); resources that components define are
 * handles (resource.h). examples/embed.c of the sources does it all in 80 lines.
 *
 * A server, for whom a thread has many calls under way, runs tasks on a loop (task.h, loop.h) in place of 4, and gives
 * components HTTP requests (http.h). */
#ifndef BERTH_BERTH_H
#define BERTH_BERTH_H

#include "berth/component.h"
#include "berth/engine.h"
#include "berth/error.h"
#include "berth/http.h"
#include "berth/instance.h"
#include "berth/linker.h"
#include "berth/loop.h"
#include "berth/resource.h"
#include "berth/string.h"
#include "berth/task.h"
#include "berth/value.h"
#include "berth/wasi.h"

#endif
