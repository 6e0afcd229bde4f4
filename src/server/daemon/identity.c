/* Users and groups: see identity.h. */
#include "server/daemon/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

static bool find_group(const char *name, gid_t *ret, struct err *e)
{
    const struct group *group = getgrnam(name);
    if (!group)
        return err_set(e, ERR_USAGE, "group \"%s\" is not known", name);
    *ret = group->gr_gid;
    return true;
}

static bool find_user(const char *name, uid_t *ret_uid, gid_t *ret_gid, struct err *e)
{
    const struct passwd *user = getpwnam(name);
    if (!user)
        return err_set(e, ERR_USAGE, "user \"%s\" is not known", name);
    *ret_uid = user->pw_uid;
    *ret_gid = user->pw_gid;
    return true;
}

bool identity_find(const char *user, const char *group, struct identity *ret, struct err *e)
{
    const char *name = user ? user : "nobody";
    *ret = (struct identity){ .changes = false };
    if (geteuid() != 0)
        return true;
    if (!find_user(name, &ret->uid, &ret->gid, e) || (group && !find_group(group, &ret->gid, e)))
        return false;
    snprintf(ret->user, sizeof(ret->user), "%s", name);
    ret->changes = true;
    return true;
}

bool identity_assume(const struct identity *i, struct err *e)
{
    if (!i->changes)
        return true;
    if (initgroups(i->user, i->gid) < 0 || setgid(i->gid) < 0 || setuid(i->uid) < 0)
        return err_system(e, errno, "become user \"%s\"", i->user);
    if (i->uid != 0 && setuid(0) == 0)
        return err_set(e, ERR_SYSTEM, "user \"%s\" can still become root", i->user);
    return true;
}

bool identity_ids(const char *user, const char *group, uid_t *ret_uid, gid_t *ret_gid, struct err *e)
{
    gid_t primary;
    *ret_uid = (uid_t)-1;
    *ret_gid = (gid_t)-1;
    return (!user || find_user(user, ret_uid, &primary, e)) && (!group || find_group(group, ret_gid, e));
}
