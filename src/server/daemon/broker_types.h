/* The broker's messages: one packet each way, a descriptor beside it. Both sides are the same program. */
#ifndef SERVER_DAEMON_BROKER_TYPES_H
#define SERVER_DAEMON_BROKER_TYPES_H

#include "base/err.h"

enum { BROKER_ADDRESS_MAX = 128 };

enum broker_verb {
    BROKER_LISTEN,
    BROKER_KEEP,
    BROKER_STORE,
    BROKER_STORED,
    BROKER_LOG,
    BROKER_ACCESS_LOG,
    BROKER_CERTIFICATES,
    BROKER_STORE_CERTIFICATE,
    BROKER_DELETE_CERTIFICATE,
    BROKER_READY, /* these two get no answer */
    BROKER_STANDBY,
};

/* Texts without a bound come in a memory file beside the question. */
struct broker_question {
    enum broker_verb verb;
    int backlog;
    uint32_t address_len;
    char address[BROKER_ADDRESS_MAX];
};

struct broker_reply {
    bool ok;
    struct err e;
};

/* One packet with a descriptor, or -1. False when the other side is gone. */
bool broker_send(int socket, const void *packet, size_t size, int fd);
bool broker_receive(int socket, void *packet, size_t size, int *ret_fd);

#endif
