/* Variables of templates: names for what is known of a request and its response. */
#ifndef SERVER_ROUTE_VARIABLE_H
#define SERVER_ROUTE_VARIABLE_H

#include "base/arena.h"

struct request; /* server/route/request.h */

/* A variable's value, alive as long as the request; STR_NONE when it is absent. `argument`: what follows the prefix in
 * its name. */
typedef str variable_fn(struct request *r, str argument);

struct variable {
    variable_fn *value;
    str argument;
    bool of_response; /* wants the response's fields */
};

/* By its name without '$'. False when there is none. */
bool variable_find(struct arena *a, str name, struct variable *ret);

/* The name that may have been meant, or empty. */
str variable_nearest(str name);

#endif
