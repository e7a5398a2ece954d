#pragma once
#include <microhttpd.h>

// MHD_start_daemon is variadic, which Swift cannot call.
static inline struct MHD_Daemon *flotilla_mhd_start(
    unsigned int flags, uint16_t port, const struct sockaddr *address,
    MHD_AccessHandlerCallback handler, void *context,
    MHD_RequestCompletedCallback completed,
    unsigned int connection_limit, unsigned int timeout_seconds, size_t memory_limit, int listening)
{
    return MHD_start_daemon(
        flags, port, NULL, NULL, handler, context,
        MHD_OPTION_SOCK_ADDR, address,
        MHD_OPTION_NOTIFY_COMPLETED, completed, NULL,
        MHD_OPTION_CONNECTION_LIMIT, connection_limit,
        MHD_OPTION_CONNECTION_TIMEOUT, timeout_seconds,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory_limit,
        // A socket that is listening already, or -1 to make one for the address.
        MHD_OPTION_LISTEN_SOCKET, listening,
        MHD_OPTION_END);
}

static inline unsigned int flotilla_mhd_connections(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_CURRENT_CONNECTIONS);
    return info ? info->num_connections : 0;
}

static inline uint16_t flotilla_mhd_port(struct MHD_Daemon *daemon)
{
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT);
    return info ? info->port : 0;
}
