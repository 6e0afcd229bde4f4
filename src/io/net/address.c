/* Addresses. */
#include "io/net/address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/num.h"

socklen_t address_len(const struct sockaddr *addr)
{
    return addr->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

/* Splits "host:port"; brackets around an IPv6 address are taken off. */
static bool split(str text, str *host, uint16_t *port, struct err *e)
{
    size_t colon = str_rfind_char(text, ':');
    uint32_t number = 0;
    if (colon == SIZE_MAX) {
        err_set(e, ERR_USAGE, "address '%.*s' has no port", STR_ARG(text));
        return err_help(e, "write HOST:PORT, for example 127.0.0.1:8080");
    }
    *host = str_slice(text, 0, colon);
    str digits = str_slice(text, colon + 1, text.len);
    if (!num_parse_u32(digits, &number) || number > 65535)
        return err_set(e, ERR_USAGE, "address '%.*s': port '%.*s' is no number from 0 to 65535", STR_ARG(text),
                       STR_ARG(digits));
    if (host->len >= 2 && host->ptr[0] == '[' && host->ptr[host->len - 1] == ']')
        *host = str_slice(*host, 1, host->len - 1);
    else if (str_find_char(*host, ':') != SIZE_MAX)
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
    freeaddrinfo(found);
    return true;
}

bool address_parse(str text, struct address *ret, struct err *e)
{
    str host;
    uint16_t port;
    memset(ret, 0, sizeof(*ret));
    if (!split(text, &host, &port, e))
        return false;
    if (host.len == 0 || str_eq(host, STR("*")))
        host = STR("0.0.0.0");
    if (!look_up(host, ret, e))
        return false;
    /* The port is at the same place of both kinds. */
    if (ret->storage.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&ret->storage)->sin6_port = htons(port);
    else
        ((struct sockaddr_in *)&ret->storage)->sin_port = htons(port);
    return true;
}

void address_print(const struct sockaddr *addr, char out[ADDRESS_TEXT_MAX])
{
    char host[INET6_ADDRSTRLEN] = "?";
    if (addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)addr;
        inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host));
        snprintf(out, ADDRESS_TEXT_MAX, "[%s]:%u", host, ntohs(in6->sin6_port));
    } else {
        const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)addr;
        inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
        snprintf(out, ADDRESS_TEXT_MAX, "%s:%u", host, ntohs(in->sin_port));
    }
}
