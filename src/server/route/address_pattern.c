/* Address patterns: see address_pattern.h. */
#include "server/route/address_pattern.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/num.h"

static size_t address_bytes(enum address_family family)
{
    return family == ADDRESS_IPV6 ? 16 : 4;
}

static bool bad_format(struct err *e)
{
    return err_set(e, ERR_INVALID, "The \"address\" format is invalid.");
}

static bool parse_port(str text, uint16_t *ret)
{
    uint32_t v;
    if (!num_parse_u32(text, &v) || v == 0 || v > 65535)
        return false;
    *ret = (uint16_t)v;
    return true;
}

static bool parse_ports(str text, struct address_pattern *p, struct err *e)
{
    str high;
    str low = str_split(text, '-', &high);
    p->has_port = true;
    if (!parse_port(low, &p->port_low) || !parse_port(high.ptr ? high : low, &p->port_high))
        return err_set(e, ERR_INVALID, "The \"address\" port an invalid port.");
    if (p->port_low > p->port_high)
        return err_set(e, ERR_INVALID, "The \"address\" range is overlapping.");
    return true;
}

static bool parse_ip(str text, enum address_family family, uint8_t *ret)
{
    char name[INET6_ADDRSTRLEN];
    if (text.len >= sizeof(name))
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = '\0';
    return str_find_char(text, '\0') == SIZE_MAX &&
           inet_pton(family == ADDRESS_IPV6 ? AF_INET6 : AF_INET, name, ret) == 1;
}

static bool parse_network(str address, str bits, struct address_pattern *p, struct err *e)
{
    uint32_t n;
    size_t size = address_bytes(p->family);
    if (!parse_ip(address, p->family, p->low))
        return bad_format(e);
    if (!num_parse_u32(bits, &n) || n > size * 8)
        return err_set(e, ERR_INVALID, "The \"address\" has an invalid CIDR prefix.");
    for (size_t i = 0; i < size; i++) {
        uint32_t here = n >= (i + 1) * 8 ? 8 : n > i * 8 ? n - (uint32_t)i * 8 : 0;
        p->high[i] = (uint8_t)(0xff00u >> here);
        p->low[i] &= p->high[i];
    }
    p->by_mask = true;
    return true;
}

static bool parse_hosts(str text, struct address_pattern *p, struct err *e)
{
    str rest;
    if (str_eq(text, STR("*")) && p->has_port) {
        p->family = ADDRESS_ANY;
        return true;
    }
    str low = str_split(text, '/', &rest);
    if (rest.ptr)
        return parse_network(low, rest, p, e);
    low = str_split(text, '-', &rest);
    if (!parse_ip(low, p->family, p->low) || !parse_ip(rest.ptr ? rest : low, p->family, p->high))
        return bad_format(e);
    if (memcmp(p->low, p->high, address_bytes(p->family)) > 0)
        return err_set(e, ERR_INVALID, "The \"address\" range is overlapping.");
    return true;
}

/* "[hosts]:ports", "[hosts]", or hosts with more than one colon. */
static bool parse_ipv6(str text, struct address_pattern *p, struct err *e)
{
    p->family = ADDRESS_IPV6;
    if (text.ptr[0] != '[')
        return parse_hosts(text, p, e);
    size_t close = str_find_char(text, ']');
    if (close == SIZE_MAX)
        return bad_format(e);
    str tail = str_slice(text, close + 1, text.len);
    if (tail.len && (tail.ptr[0] != ':' || !parse_ports(str_slice(tail, 1, tail.len), p, e)))
        return tail.ptr[0] == ':' ? false : bad_format(e);
    return parse_hosts(str_slice(text, 1, close), p, e);
}

bool address_pattern_compile(str text, struct address_pattern *ret, struct err *e)
{
    *ret = (struct address_pattern){ .family = ADDRESS_IPV4 };
    if (str_starts(text, STR("!"))) {
        ret->negated = true;
        text = str_slice(text, 1, text.len);
    }
    if (str_eq(text, STR("unix"))) {
        ret->family = ADDRESS_UNIX;
        return true;
    }
    if (text.len < 2)
        return err_set(e, ERR_INVALID, "The \"address\" is too short.");
    size_t colon = str_find_char(text, ':');
    if (text.ptr[0] == '[' || (colon != SIZE_MAX && str_rfind_char(text, ':') != colon))
        return parse_ipv6(text, ret, e);
    str hosts = str_slice(text, 0, colon);
    if (colon != SIZE_MAX && !parse_ports(str_slice(text, colon + 1, text.len), ret, e))
        return false;
    return parse_hosts(hosts, ret, e);
}

static bool match_bytes(const struct address_pattern *p, const uint8_t *address)
{
    size_t size = address_bytes(p->family);
    if (!p->by_mask)
        return memcmp(address, p->low, size) >= 0 && memcmp(address, p->high, size) <= 0;
    for (size_t i = 0; i < size; i++)
        if ((address[i] & p->high[i]) != p->low[i])
            return false;
    return true;
}

static bool hits(const struct address_pattern *p, const struct sockaddr *addr)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)(const void *)addr;
    const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)(const void *)addr;
    if (addr->sa_family != AF_INET && addr->sa_family != AF_INET6)
        return p->family == ADDRESS_UNIX;
    bool v6 = addr->sa_family == AF_INET6;
    uint16_t port = ntohs(v6 ? in6->sin6_port : in->sin_port);
    if (p->has_port && (port < p->port_low || port > p->port_high))
        return false;
    switch (p->family) {
    case ADDRESS_ANY: return true;
    case ADDRESS_UNIX: return false;
    case ADDRESS_IPV4: return !v6 && match_bytes(p, (const uint8_t *)&in->sin_addr);
    case ADDRESS_IPV6: return v6 && match_bytes(p, (const uint8_t *)&in6->sin6_addr);
    }
    return false;
}

bool address_pattern_match(const struct address_pattern *p, const struct sockaddr *addr)
{
    return hits(p, addr) != p->negated;
}

bool address_patterns_match(const struct address_patterns *p, const struct sockaddr *addr)
{
    bool wanted = false, found = false;
    for (uint32_t i = 0; i < p->len; i++) {
        bool match = address_pattern_match(&p->at[i], addr);
        if (p->at[i].negated && !match)
            return false;
        wanted = wanted || !p->at[i].negated;
        found = found || (match && !p->at[i].negated);
    }
    return found || (p->len && !wanted);
}
