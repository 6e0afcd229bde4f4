/* Addresses. */
#include "io/net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <sys/un.h>

#include "base/num.h"

static bool is_ipv6(str text)
{
    char name[INET6_ADDRSTRLEN];
    struct in6_addr ignored;
    if (text.len >= sizeof(name))
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = '\0';
    return inet_pton(AF_INET6, name, &ignored) == 1;
}

static bool no_port(str text, struct err *e)
{
    err_set(e, ERR_USAGE, "address '%.*s' has no port", STR_ARG(text));
    if (str_starts(text, STR("[")))
        return err_help(e, "write HOST:PORT, for example %.*s:8080", STR_ARG(text));
    if (is_ipv6(text))
        return err_help(e, "an IPv6 address stands in brackets: [%.*s]:8080", STR_ARG(text));
    return err_help(e, "write HOST:PORT, for example 127.0.0.1:8080");
}

/* Splits "host:port"; brackets around an IPv6 address are taken off. */
static bool split(str text, str *host, uint16_t *port, struct err *e)
{
    size_t colon = str_rfind_char(text, ':');
    uint32_t number = 0;
    if (colon == SIZE_MAX || str_ends(text, STR("]")))
        return no_port(text, e);
    *host = str_slice(text, 0, colon);
    bool brackets = host->len >= 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']';
    bool colons = str_find_char(*host, ':') != SIZE_MAX;
    if (!brackets && colons && !is_ipv6(*host) && is_ipv6(text))
        return no_port(text, e);
    str digits = str_slice(text, colon + 1, text.len);
    if (!num_parse_u32(digits, &number) || number > 65535)
        return err_set(e, ERR_USAGE, "address '%.*s': port '%.*s' is no number from 0 to 65535", STR_ARG(text),
                       STR_ARG(digits));
    if (brackets)
        *host = str_slice(*host, 1, host->len - 1);
    else if (colons)
        return err_set(e, ERR_USAGE, "address '%.*s': an IPv6 address stands in brackets, [%.*s]:%u", STR_ARG(text),
                       STR_ARG(*host), number);
    *port = (uint16_t)number;
    return true;
}

static bool look_up(str host, struct address *ret, struct err *e)
{
    char name[256];
    if (host.len >= sizeof(name) || str_find_char(host, '\0') != SIZE_MAX)
        return err_set(e, ERR_USAGE, "host name of %zu bytes is too long", host.len);
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC }, *found = NULL;
    int failed = getaddrinfo(name, NULL, &hints, &found);
    if (failed)
        return err_set(e, ERR_USAGE, "host '%s' cannot be resolved: %s", name, gai_strerror(failed));
    memcpy(&ret->storage, found->ai_addr, found->ai_addrlen);
    ret->len = found->ai_addrlen;
    freeaddrinfo(found);
    return true;
}

/* "unix:/path" or "unix:@name". */
static bool parse_unix(str text, struct address *ret)
{
    struct sockaddr_un *un = (struct sockaddr_un *)&ret->storage;
    str path = str_slice(text, 5, text.len);
    if (path.len == 0 || path.len >= sizeof(un->sun_path) || str_find_char(path, '\0') != SIZE_MAX ||
        str_eq(path, STR("@")))
        return false;
    bool abstract = path.ptr[0] == '@';
    un->sun_family = AF_UNIX;
    memcpy(un->sun_path, path.ptr, path.len);
    if (abstract)
        un->sun_path[0] = '\0';
    ret->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + path.len + !abstract);
    return true;
}

/* The port is at the same place of both kinds. */
static void set_port(struct address *a, uint16_t port)
{
    if (a->storage.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&a->storage)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)&a->storage)->sin_port = htons(port);
}

bool address_parse(str text, struct address *ret, struct err *e)
{
    str host;
    uint16_t port;
    memset(ret, 0, sizeof(*ret));
    if (str_starts(text, STR("unix:")))
        return parse_unix(text, ret) ||
               err_set(e, ERR_USAGE, "address '%.*s': a path of 1 to %zu bytes follows 'unix:'", STR_ARG(text),
                       sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
    if (!split(text, &host, &port, e))
        return false;
    if (host.len == 0 || str_eq(host, STR("*")))
        host = STR("0.0.0.0");
    if (!look_up(host, ret, e))
        return false;
    set_port(ret, port);
    return true;
}

/* The host's address of the family that it looks like. */
static bool parse_host(str host, bool v6, struct address *ret)
{
    char name[INET6_ADDRSTRLEN];
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ret->storage;
    struct sockaddr_in *in = (struct sockaddr_in *)&ret->storage;
    if (host.len >= sizeof(name) || str_find_char(host, '\0') != SIZE_MAX)
        return false;
    memcpy(name, host.ptr, host.len);
    name[host.len] = '\0';
    if (v6 ? inet_pton(AF_INET6, name, &in6->sin6_addr) != 1 : inet_pton(AF_INET, name, &in->sin_addr) != 1)
        return false;
    ret->storage.ss_family = v6 ? AF_INET6 : AF_INET;
    ret->len = v6 ? sizeof(*in6) : sizeof(*in);
    return true;
}

bool address_parse_literal(str text, struct address *ret)
{
    str host;
    uint16_t port;
    struct err ignored = ERR_INIT;
    memset(ret, 0, sizeof(*ret));
    if (str_starts(text, STR("unix:")))
        return parse_unix(text, ret);
    if (!split(text, &host, &port, &ignored) || port == 0 || host.len == 0)
        return false;
    if (str_eq(host, STR("*")))
        host = STR("0.0.0.0");
    if (!parse_host(host, str_starts(text, STR("[")), ret))
        return false;
    set_port(ret, port);
    return true;
}

bool address_parse_ip(str text, struct address *ret)
{
    uint32_t port = 0;
    memset(ret, 0, sizeof(*ret));
    size_t colon = str_find_char(text, ':'), close = str_find_char(text, ']');
    bool brackets = str_starts(text, STR("[")) && close != SIZE_MAX;
    bool v6 = brackets || (colon != SIZE_MAX && str_rfind_char(text, ':') != colon);
    str host = brackets ? str_slice(text, 1, close) : v6 ? text : str_slice(text, 0, colon);
    str rest = brackets ? str_slice(text, close + 1, text.len) : v6 ? STR("") : str_slice(text, colon, text.len);
    if (rest.len && (rest.ptr[0] != ':' || !num_parse_u32(str_slice(rest, 1, rest.len), &port) || port > 65535))
        return false;
    if (!parse_host(host, v6, ret))
        return false;
    set_port(ret, (uint16_t)port);
    return true;
}

void address_print_host(const struct sockaddr *addr, char out[ADDRESS_TEXT_MAX])
{
    snprintf(out, ADDRESS_TEXT_MAX, "unix:");
    if (addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)addr)->sin6_addr, out, ADDRESS_TEXT_MAX);
    else if (addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((const struct sockaddr_in *)(const void *)addr)->sin_addr, out, ADDRESS_TEXT_MAX);
}

void address_print(const struct sockaddr *addr, char out[ADDRESS_TEXT_MAX])
{
    char host[ADDRESS_TEXT_MAX];
    address_print_host(addr, host);
    if (addr->sa_family == AF_INET6) {
        uint16_t port = ntohs(((const struct sockaddr_in6 *)(const void *)addr)->sin6_port);
        snprintf(out, ADDRESS_TEXT_MAX, "[%.*s]:%u", INET6_ADDRSTRLEN, host, port);
    } else if (addr->sa_family == AF_INET) {
        uint16_t port = ntohs(((const struct sockaddr_in *)(const void *)addr)->sin_port);
        snprintf(out, ADDRESS_TEXT_MAX, "%.*s:%u", INET6_ADDRSTRLEN, host, port);
    } else {
        const struct sockaddr_un *un = (const struct sockaddr_un *)(const void *)addr;
        bool abstract = un->sun_path[0] == '\0' && un->sun_path[1] != '\0';
        snprintf(out, ADDRESS_TEXT_MAX, "unix:%s%.*s", abstract ? "@" : "", (int)sizeof(un->sun_path) - abstract,
                 un->sun_path + abstract);
    }
}
