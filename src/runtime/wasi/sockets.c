/* wasi:sockets: there in type, denied by policy. Making a socket fails with access-denied and
 * looking up a name with permanent-resolver-failure, so no socket ever exists. */
#include "runtime/wasi/absent.h"
#include "runtime/wasi/wasi_gen.h"

/* --- network --- */

struct wasi_sockets_network_network {
    struct wasi_object object;
};

static void network_free(struct host_object *o)
{
    wasi_object_free(CONTAINER_OF(o, struct wasi_object, host), sizeof(struct wasi_sockets_network_network));
}

static const struct host_object_ops network_ops = { "network", network_free };

enum host_status wasi_sockets_instance_network_instance_network(struct host_call *c,
                                                                struct wasi_sockets_network_network **ret)
{
    *ret = wasi_object_new(c->host, sizeof(**ret), &network_ops, c->err);
    return *ret ? HOST_DONE : HOST_TRAP;
}

void wasi_sockets_network_network_drop(struct wasi_sockets_network_network *n)
{
    host_object_unref(&n->object.host);
}

/* No stream reads or writes a socket, so no error is one of the network's. */
enum host_status wasi_sockets_network_network_error_code(struct host_call *c,
                                                         const struct wasi_sockets_network_network_error_code_args *a,
                                                         struct option_wasi_sockets_network_error_code *ret)
{
    (void)c, (void)a;
    *ret = (struct option_wasi_sockets_network_error_code){ .some = false };
    return HOST_DONE;
}

/* --- names --- */

WASI_FAILS(wasi_sockets_ip_name_lookup_resolve_addresses,
           result_wasi_sockets_ip_name_lookup_resolve_address_stream_wasi_sockets_network_error_code,
           WASI_SOCKETS_NETWORK_ERROR_CODE_PERMANENT_RESOLVER_FAILURE)
WASI_FAILS(wasi_sockets_ip_name_lookup_resolve_address_stream_resolve_next_address,
           result_option_wasi_sockets_network_ip_address_wasi_sockets_network_error_code,
           WASI_SOCKETS_NETWORK_ERROR_CODE_PERMANENT_RESOLVER_FAILURE)
WASI_TRAPS(wasi_sockets_ip_name_lookup_resolve_address_stream_subscribe, struct wasi_io_poll_pollable *)
WASI_NEVER_DROPPED(wasi_sockets_ip_name_lookup_resolve_address_stream)

/* --- sockets --- */

#define DENIED(func, result)                                                           \
    WASI_FAILS(wasi_sockets_##func, result_##result##_wasi_sockets_network_error_code, \
               WASI_SOCKETS_NETWORK_ERROR_CODE_ACCESS_DENIED)
#define TRAPS(func, result) WASI_TRAPS(wasi_sockets_##func, result)

/* clang-format off */
DENIED(tcp_create_socket_create_tcp_socket, wasi_sockets_tcp_tcp_socket)
DENIED(tcp_tcp_socket_start_bind, void)
DENIED(tcp_tcp_socket_finish_bind, void)
DENIED(tcp_tcp_socket_start_connect, void)
DENIED(tcp_tcp_socket_finish_connect, tuple_wasi_io_streams_input_stream_wasi_io_streams_output_stream)
DENIED(tcp_tcp_socket_start_listen, void)
DENIED(tcp_tcp_socket_finish_listen, void)
DENIED(tcp_tcp_socket_accept, tuple_wasi_sockets_tcp_tcp_socket_wasi_io_streams_input_stream_wasi_io_streams_output_stream)
DENIED(tcp_tcp_socket_local_address, wasi_sockets_network_ip_socket_address)
DENIED(tcp_tcp_socket_remote_address, wasi_sockets_network_ip_socket_address)
TRAPS(tcp_tcp_socket_is_listening, bool)
TRAPS(tcp_tcp_socket_address_family, uint32_t)
DENIED(tcp_tcp_socket_set_listen_backlog_size, void)
DENIED(tcp_tcp_socket_keep_alive_enabled, bool)
DENIED(tcp_tcp_socket_set_keep_alive_enabled, void)
DENIED(tcp_tcp_socket_keep_alive_idle_time, u64)
DENIED(tcp_tcp_socket_set_keep_alive_idle_time, void)
DENIED(tcp_tcp_socket_keep_alive_interval, u64)
DENIED(tcp_tcp_socket_set_keep_alive_interval, void)
DENIED(tcp_tcp_socket_keep_alive_count, u32)
DENIED(tcp_tcp_socket_set_keep_alive_count, void)
DENIED(tcp_tcp_socket_hop_limit, u8)
DENIED(tcp_tcp_socket_set_hop_limit, void)
DENIED(tcp_tcp_socket_receive_buffer_size, u64)
DENIED(tcp_tcp_socket_set_receive_buffer_size, void)
DENIED(tcp_tcp_socket_send_buffer_size, u64)
DENIED(tcp_tcp_socket_set_send_buffer_size, void)
TRAPS(tcp_tcp_socket_subscribe, struct wasi_io_poll_pollable *)
DENIED(tcp_tcp_socket_shutdown, void)
WASI_NEVER_DROPPED(wasi_sockets_tcp_tcp_socket)

DENIED(udp_create_socket_create_udp_socket, wasi_sockets_udp_udp_socket)
DENIED(udp_udp_socket_start_bind, void)
DENIED(udp_udp_socket_finish_bind, void)
DENIED(udp_udp_socket_stream, tuple_wasi_sockets_udp_incoming_datagram_stream_wasi_sockets_udp_outgoing_datagram_stream)
DENIED(udp_udp_socket_local_address, wasi_sockets_network_ip_socket_address)
DENIED(udp_udp_socket_remote_address, wasi_sockets_network_ip_socket_address)
TRAPS(udp_udp_socket_address_family, uint32_t)
DENIED(udp_udp_socket_unicast_hop_limit, u8)
DENIED(udp_udp_socket_set_unicast_hop_limit, void)
DENIED(udp_udp_socket_receive_buffer_size, u64)
DENIED(udp_udp_socket_set_receive_buffer_size, void)
DENIED(udp_udp_socket_send_buffer_size, u64)
DENIED(udp_udp_socket_set_send_buffer_size, void)
TRAPS(udp_udp_socket_subscribe, struct wasi_io_poll_pollable *)
DENIED(udp_incoming_datagram_stream_receive, list_wasi_sockets_udp_incoming_datagram)
TRAPS(udp_incoming_datagram_stream_subscribe, struct wasi_io_poll_pollable *)
DENIED(udp_outgoing_datagram_stream_check_send, u64)
DENIED(udp_outgoing_datagram_stream_send, u64)
TRAPS(udp_outgoing_datagram_stream_subscribe, struct wasi_io_poll_pollable *)
WASI_NEVER_DROPPED(wasi_sockets_udp_udp_socket)
WASI_NEVER_DROPPED(wasi_sockets_udp_incoming_datagram_stream)
WASI_NEVER_DROPPED(wasi_sockets_udp_outgoing_datagram_stream)
/* clang-format on */
