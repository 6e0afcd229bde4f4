/* Resources of components in the embedder's hands: the runtime's. */
#include "berth/resource.h"

#include "embed/instance.h"

/* A struct berth_resource is a struct guest_resource; only the name differs. */
static struct guest_resource *resource_of(struct berth_resource *r)
{
    return (struct guest_resource *)(void *)r;
}

bool berth_resource_drop(struct berth_resource *r, struct berth_error *e)
{
    if (!r)
        return true;
    struct err why = ERR_INIT;
    struct berth_instance *i = guest_resource_owner(resource_of(r));
    instance_begin_timed(i);
    bool ok = session_finish(i->session, &why) && guest_resource_drop(resource_of(r), &why);
    instance_end_timed(i);
    return ok || err_give(e, &why);
}
