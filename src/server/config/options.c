/* The tables of options, from the whole to the parts. */
#include "server/config/options.h"

#include "server/config/checks.h"

#define REFUSED(name_, kinds_, refusal_, help_)                            \
    {                                                                      \
        .name = name_, .kinds = kinds_, .refusal = refusal_, .help = help_ \
    }
#define UNSUPPORTED(name_, kinds_, help_) REFUSED(name_, kinds_, "it is not there yet.", help_)

/* One string, or an array of them. */
#define STRINGS .kinds = SCHEMA_STRING | SCHEMA_ARRAY, .items = &any_string

static const struct schema_option any_string = { .kinds = SCHEMA_STRING };
static const struct schema_range not_negative = { 0, INT64_MAX }, at_least_1 = { 1, INT64_MAX };

/* --- listeners --- */

#define PROXIES                                                                \
    {                                                                          \
        .name = "source", STRINGS, .required = true, .check = check_addresses, \
        .help = "Address patterns of proxies that are believed."               \
    }
#define RECURSIVE                                                       \
    {                                                                   \
        .name = "recursive", .kinds = SCHEMA_BOOL, .fallback = "false", \
        .help = "Addresses of these proxies are skipped in the field."  \
    }

static const struct schema_option forwarded_options[] = {
    PROXIES,
    { .name = "client_ip", .kinds = SCHEMA_STRING, .help = "Field with the client's address, as `X-Forwarded-For`." },
    { .name = "protocol", .kinds = SCHEMA_STRING, .help = "Field with the scheme, as `X-Forwarded-Proto`." },
    RECURSIVE,
};
static const struct schema forwarded_schema = SCHEMA("forwarded", forwarded_options);

static const struct schema_option client_ip_options[] = {
    PROXIES,
    { .name = "header", .kinds = SCHEMA_STRING, .required = true, .help = "Field with the client's address." },
    RECURSIVE,
};
static const struct schema client_ip_schema = SCHEMA("client_ip", client_ip_options);

static const struct schema_range at_least_0 = { 0, UINT32_MAX }, timeout_range = { 1, INT32_MAX };
static const struct schema_option session_options[] = {
    { .name = "cache_size",
      .kinds = SCHEMA_INTEGER,
      .range = &at_least_0,
      .fallback = "0",
      .help = "Sessions that are remembered for clients that come back; 0: none." },
    { .name = "timeout",
      .kinds = SCHEMA_INTEGER,
      .range = &timeout_range,
      .fallback = "300",
      .help = "Seconds that a session may be resumed." },
    { .name = "tickets",
      .kinds = SCHEMA_BOOL | SCHEMA_STRING | SCHEMA_ARRAY,
      .items = &any_string,
      .check = check_ticket_keys,
      .help =
          "Clients keep their session in a ticket: true, or keys of 48 or 80 bytes as Base64. The last one encrypts, "
          "all decrypt." },
};
const struct schema options_tls_session = SCHEMA("tls-session", session_options);

static const struct schema_option command_members[] = {
    { .kinds = SCHEMA_STRING, .check = check_tls_command, .help = "Value of the command." },
};
static const struct schema commands_schema = SCHEMA_MAP("conf_commands", "COMMAND", command_members);

static const struct schema_option tls_options[] = {
    { .name = "certificate",
      STRINGS,
      .required = true,
      .check = check_certificate,
      .help = "Names of uploaded certificates. Of several, the name that a client asks for decides; the first is the "
              "default." },
    { .name = "conf_commands",
      .kinds = SCHEMA_OBJECT,
      .object = &commands_schema,
      .help = "Configuration commands of OpenSSL, as in SSL_CONF_cmd(3)." },
    { .name = "session", .kinds = SCHEMA_OBJECT, .object = &options_tls_session, .help = "How sessions are resumed." },
};
static const struct schema options_tls = SCHEMA("tls", tls_options);

static const struct schema_range backlog_range = { -1, INT32_MAX };
static const struct schema_option listener_options[] = {
    { .name = "pass",
      .kinds = SCHEMA_STRING,
      .check = check_pass,
      .help = "Where requests go: an application or routes." },
    { .name = "application",
      .kinds = SCHEMA_STRING,
      .check = check_listener_application,
      .help = "Old form of `pass`: the name of an application." },
    { .name = "backlog",
      .kinds = SCHEMA_INTEGER,
      .range = &backlog_range,
      .fallback = "511",
      .help = "Connections that wait to be accepted, at most; -1 is the default." },
    { .name = "tls",
      .kinds = SCHEMA_OBJECT,
      .object = &options_tls,
      .help = "Connections speak TLS, with these certificates." },
    { .name = "forwarded",
      .kinds = SCHEMA_OBJECT,
      .object = &forwarded_schema,
      .check = check_forwarded,
      .help = "Proxies that are believed about the client's address and scheme." },
    { .name = "client_ip", .kinds = SCHEMA_OBJECT, .object = &client_ip_schema, .help = "Old form of `forwarded`." },
};
const struct schema options_listener = SCHEMA("listener", listener_options);

static const struct schema_option listener_members[] = {
    { .kinds = SCHEMA_OBJECT, .object = &options_listener, .check = check_listener, .help = "Named by its address." },
};
static const struct schema listeners_schema = SCHEMA_MAP("listeners", "ADDRESS", listener_members);

/* --- routes --- */

static const struct schema_option set_members[] = {
    { STRINGS, .help = "Patterns of the value." },
};
static const struct schema set_schema = SCHEMA_MAP("patterns-by-name", "NAME", set_members);
static const struct schema_option any_set = { .kinds = SCHEMA_OBJECT, .object = &set_schema };

static const struct schema_option match_options[] = {
    { .name = "method", STRINGS, .check = check_match, .help = "Method; patterns are folded to upper case." },
    { .name = "host", STRINGS, .check = check_match, .help = "Host without port, in lower case." },
    { .name = "uri", STRINGS, .check = check_match, .help = "Path, normalised and decoded." },
    { .name = "query", STRINGS, .check = check_match, .help = "Whole query, decoded." },
    { .name = "arguments",
      .kinds = SCHEMA_OBJECT | SCHEMA_ARRAY,
      .items = &any_set,
      .object = &set_schema,
      .check = check_match,
      .help = "Arguments of the query by name." },
    { .name = "headers",
      .kinds = SCHEMA_OBJECT | SCHEMA_ARRAY,
      .items = &any_set,
      .object = &set_schema,
      .check = check_match,
      .help = "Fields by name; case makes no difference." },
    { .name = "cookies",
      .kinds = SCHEMA_OBJECT | SCHEMA_ARRAY,
      .items = &any_set,
      .object = &set_schema,
      .check = check_match,
      .help = "Cookies by name." },
    { .name = "source", STRINGS, .check = check_match, .help = "Address patterns of the client." },
    { .name = "destination", STRINGS, .check = check_match, .help = "Address patterns of the listener." },
    { .name = "scheme", .kinds = SCHEMA_STRING, .check = check_match, .help = "`http` or `https`." },
    { .name = "if", .kinds = SCHEMA_STRING, .check = check_match, .help = "A condition of variables." },
};
static const struct schema match_schema = SCHEMA("match", match_options);

static const struct schema_option header_members[] = {
    { .kinds = SCHEMA_STRING | SCHEMA_NULL,
      .check = check_response_header,
      .help = "A value; null removes the field." },
};
static const struct schema response_headers_schema = SCHEMA_MAP("response_headers", "FIELD", header_members);

static const struct schema_variants action_kinds; /* below: actions have actions */

#define COMMON_OPTIONS                                                                                              \
    { .name = "rewrite", .kinds = SCHEMA_STRING, .check = check_template, .help = "New path, before the action." }, \
    {                                                                                                               \
        .name = "response_headers", .kinds = SCHEMA_OBJECT, .object = &response_headers_schema,                     \
        .help = "Fields to set or to remove in answers of 200 to 399."                                              \
    }

static const struct schema_option pass_options[] = {
    { .name = "pass", .kinds = SCHEMA_STRING, .check = check_pass, .help = "Goes on at this target." },
    COMMON_OPTIONS,
};
static const struct schema pass_schema = SCHEMA("pass-action", pass_options);

static const struct schema_range status_range = {
    0, 999, "The \"return\" value is out of allowed HTTP status code range 0-999."
};
static const struct schema_option return_options[] = {
    { .name = "return", .kinds = SCHEMA_INTEGER, .range = &status_range, .help = "Answers with this status." },
    { .name = "location", .kinds = SCHEMA_STRING, .check = check_template, .help = "The field Location." },
    COMMON_OPTIONS,
};
static const struct schema return_schema = SCHEMA("return-action", return_options);

static const struct schema_option share_item = { .kinds = SCHEMA_STRING, .check = check_share_item };
static const struct schema_option share_options[] = {
    { .name = "share",
      .kinds = SCHEMA_STRING | SCHEMA_ARRAY,
      .items = &share_item,
      .check = check_share,
      .help = "Paths of files, tried in order." },
    { .name = "index",
      .kinds = SCHEMA_STRING,
      .fallback = "\"index.html\"",
      .help = "Appended to paths that end in a slash." },
    { .name = "types", STRINGS, .check = check_types, .help = "Patterns of media types that are sent." },
    { .name = "fallback",
      .kinds = SCHEMA_OBJECT,
      .variants = &action_kinds,
      .help = "The action when no file can be sent." },
    { .name = "chroot", .kinds = SCHEMA_STRING, .check = check_template, .help = "Directory that paths stay below." },
    { .name = "follow_symlinks", .kinds = SCHEMA_BOOL, .fallback = "true", .help = "Symbolic links are followed." },
    { .name = "traverse_mounts", .kinds = SCHEMA_BOOL, .fallback = "true", .help = "Mount points are crossed." },
    COMMON_OPTIONS,
};
static const struct schema share_schema = SCHEMA("share-action", share_options);

static const struct schema_option proxy_options[] = {
    { .name = "proxy",
      .kinds = SCHEMA_STRING,
      .check = check_proxy,
      .help = "The HTTP server that answers: `http://IP:PORT` or `http://unix:/path`." },
    COMMON_OPTIONS,
};
static const struct schema proxy_schema = SCHEMA("proxy-action", proxy_options);

static const struct schema_variant action_kinds_rows[] = {
    { STR_INIT("pass"), &pass_schema },
    { STR_INIT("return"), &return_schema },
    { STR_INIT("share"), &share_schema },
    { STR_INIT("proxy"), &proxy_schema },
};
static const struct schema_variants action_kinds = { action_kinds_rows, ARRAY_LEN(action_kinds_rows),
                                                     .choose = choose_action };

static const struct schema_option step_options[] = {
    { .name = "match",
      .kinds = SCHEMA_OBJECT,
      .object = &match_schema,
      .help = "All keys must hold; without it, always." },
    { .name = "action", .kinds = SCHEMA_OBJECT, .required = true, .variants = &action_kinds, .help = "What is done." },
};
static const struct schema step_schema = SCHEMA("step", step_options);
static const struct schema_option any_step = { .kinds = SCHEMA_OBJECT, .object = &step_schema };

static const struct schema_option named_route_members[] = {
    { .kinds = SCHEMA_ARRAY, .items = &any_step, .help = "Steps; the first that matches is taken." },
};
static const struct schema named_routes_schema = SCHEMA_MAP("routes", "NAME", named_route_members);

/* --- upstreams --- */

static const struct schema_option upstream_server_options[] = {
    { .name = "weight",
      .kinds = SCHEMA_NUMBER,
      .check = check_weight,
      .fallback = "1",
      .help = "Its share of the requests, from 0 (none) to 1000000; fractions are allowed." },
};
static const struct schema upstream_server_schema = SCHEMA("upstream-server", upstream_server_options);

static const struct schema_option upstream_server_members[] = {
    { .kinds = SCHEMA_OBJECT,
      .object = &upstream_server_schema,
      .check = check_upstream_server,
      .help = "Named by its address." },
};
static const struct schema upstream_servers_schema = SCHEMA_MAP("servers", "ADDRESS", upstream_server_members);

static const struct schema_option upstream_options[] = {
    { .name = "servers",
      .kinds = SCHEMA_OBJECT,
      .object = &upstream_servers_schema,
      .help = "HTTP servers; they take turns." },
};
static const struct schema upstream_schema = SCHEMA("upstream", upstream_options);

static const struct schema_option upstream_members[] = {
    { .kinds = SCHEMA_OBJECT, .object = &upstream_schema, .check = check_upstream, .help = "Named by its member." },
};
static const struct schema upstreams_schema = SCHEMA_MAP("upstreams", "NAME", upstream_members);

/* --- applications --- */

static const struct schema_option limits_options[] = {
    { .name = "timeout",
      .kinds = SCHEMA_INTEGER,
      .range = &not_negative,
      .fallback = "30",
      .help = "Seconds that a request may take, computing and waiting; 0: no limit." },
    { .name = "requests",
      .kinds = SCHEMA_INTEGER,
      .range = &not_negative,
      .help = "Accepted without effect: each request has an instance of its own." },
    { .name = "memory",
      .kinds = SCHEMA_INTEGER,
      .range = &at_least_1,
      .fallback = "268435456",
      .help = "Bytes that a request's instance may use, all of its memories together; its tables, as many again." },
    { .name = "shm", .kinds = SCHEMA_INTEGER, .range = &not_negative, .help = "Accepted without effect." },
};
const struct schema options_limits = SCHEMA("limits", limits_options);

static const struct schema_option processes_options[] = {
    { .name = "max", .kinds = SCHEMA_INTEGER, .range = &at_least_1, .help = "Accepted without effect." },
    { .name = "spare", .kinds = SCHEMA_INTEGER, .range = &not_negative, .help = "Accepted without effect." },
    { .name = "idle_timeout", .kinds = SCHEMA_INTEGER, .range = &not_negative, .help = "Accepted without effect." },
};
static const struct schema processes_schema = SCHEMA("processes", processes_options);

static const struct schema_option environment_members[] = {
    { .kinds = SCHEMA_STRING, .check = check_environment, .help = "A variable's value." },
};
static const struct schema environment_schema = SCHEMA_MAP("environment", "VARIABLE", environment_members);

static const struct schema_option access_options[] = {
    { .name = "filesystem",
      .kinds = SCHEMA_ARRAY,
      .items = &any_string,
      .check = check_filesystem,
      .help = "Directories of the host; must be empty." },
};
static const struct schema access_schema = SCHEMA("access", access_options);

#define NO_PROCESS                                                                                                    \
    "a component has no process of its own; each request runs in a fresh instance that sees nothing of the host but " \
    "what is configured."
#define OUTPUT_IN_LOG "what a component prints goes to the server's log, each line with the number of its request."

static const char *const component_type[] = { "wasm-wasi-component", NULL };
static const struct schema_option component_options[] = {
    { .name = "type",
      .kinds = SCHEMA_STRING,
      .required = true,
      .values = component_type,
      .help = "What kind of application it is." },
    { .name = "component",
      .kinds = SCHEMA_STRING,
      .required = true,
      .help = "File of the component, which exports `wasi:http/incoming-handler`." },
    { .name = "middleware",
      .kinds = SCHEMA_ARRAY,
      .items = &any_string,
      .help = "Files of components that requests pass on their way, the outermost first." },
    { .name = "environment",
      .kinds = SCHEMA_OBJECT,
      .object = &environment_schema,
      .help = "Variables that the component sees; none but these." },
    { .name = "limits", .kinds = SCHEMA_OBJECT, .object = &options_limits, .help = "What each request may use." },
    { .name = "processes",
      .kinds = SCHEMA_INTEGER | SCHEMA_OBJECT,
      .object = &processes_schema,
      .range = &at_least_1,
      .check = check_processes,
      .help = "Accepted without effect: components run inside of the workers." },
    { .name = "access", .kinds = SCHEMA_OBJECT, .object = &access_schema, .help = "What of the host is given." },
    { .name = "args",
      .kinds = SCHEMA_ARRAY,
      .items = &any_string,
      .help = "Arguments that the component sees, its name first." },
    REFUSED("user", SCHEMA_STRING, NO_PROCESS, "Unit's user of the application's processes."),
    REFUSED("group", SCHEMA_STRING, NO_PROCESS, "Unit's group of the application's processes."),
    REFUSED("working_directory", SCHEMA_STRING, NO_PROCESS, "Unit's directory of the application's processes."),
    REFUSED("isolation", SCHEMA_OBJECT, NO_PROCESS, "Unit's namespaces of the application's processes."),
    REFUSED("stdout", SCHEMA_STRING, OUTPUT_IN_LOG, "Unit's file for what the application prints."),
    REFUSED("stderr", SCHEMA_STRING, OUTPUT_IN_LOG, "Unit's file for what the application prints."),
};
const struct schema options_component = SCHEMA("wasm-wasi-component", component_options);

static const struct schema_variant application_kinds_rows[] = {
    { STR_INIT("wasm-wasi-component"), &options_component },
};
static const struct schema_variants application_kinds = { application_kinds_rows, ARRAY_LEN(application_kinds_rows),
                                                          .selector = "type", .choose = choose_application };

static const struct schema_option application_members[] = {
    { .kinds = SCHEMA_OBJECT, .variants = &application_kinds, .help = "Named by its member." },
};
static const struct schema applications_schema = SCHEMA_MAP("applications", "NAME", application_members);

/* --- settings --- */

static const struct schema_option mime_members[] = {
    { STRINGS, .help = "Extensions with their dot, or whole names of files." },
};
static const struct schema mime_schema = SCHEMA_MAP("mime_types", "TYPE", mime_members);

static const struct schema_option static_options[] = {
    { .name = "mime_types",
      .kinds = SCHEMA_OBJECT,
      .object = &mime_schema,
      .check = check_mime_types,
      .help = "Media types and the extensions that have them." },
};
static const struct schema static_schema = SCHEMA("static", static_options);

static const struct schema_option websocket_options[] = {
    { .name = "max_frame_size", .kinds = SCHEMA_INTEGER, .help = "Accepted without effect." },
    { .name = "read_timeout", .kinds = SCHEMA_INTEGER, .help = "Accepted without effect." },
    { .name = "keepalive_interval", .kinds = SCHEMA_INTEGER, .help = "Accepted without effect." },
};
static const struct schema websocket_schema = SCHEMA("websocket", websocket_options);

static const char *const encodings[] = { "gzip", "deflate", "br", "zstd", NULL };
static const struct schema_option compressor_options[] = {
    { .name = "encoding",
      .kinds = SCHEMA_STRING,
      .required = true,
      .values = encodings,
      .help = "The coding, as HTTP names it." },
    { .name = "level",
      .kinds = SCHEMA_INTEGER,
      .help = "More is smaller and slower: 1 to 9, by default 6 (`gzip`, `deflate`); 0 to 11, 4 (`br`); -7 to 22, 3 "
              "(`zstd`). Others count as the default." },
    { .name = "min_length",
      .kinds = SCHEMA_INTEGER,
      .range = &not_negative,
      .fallback = "256",
      .help = "Bytes; shorter bodies are sent as they are." },
};
static const struct schema compressor_schema = SCHEMA("compressor", compressor_options);
static const struct schema_option any_compressor = { .kinds = SCHEMA_OBJECT, .object = &compressor_schema };

static const struct schema_option compression_options[] = {
    { .name = "types", STRINGS, .check = check_types, .help = "Patterns of media types; without it, all." },
    { .name = "compressors",
      .kinds = SCHEMA_OBJECT | SCHEMA_ARRAY,
      .object = &compressor_schema,
      .items = &any_compressor,
      .help = "What may be chosen: the client's preference decides, and of equals the one it names last." },
};
static const struct schema compression_schema = SCHEMA("compression", compression_options);

static const struct schema_option http_options[] = {
    { .name = "header_read_timeout", .kinds = SCHEMA_INTEGER, .fallback = "30", .help = "Seconds for a whole head." },
    { .name = "body_read_timeout", .kinds = SCHEMA_INTEGER, .fallback = "30", .help = "Seconds between two reads." },
    { .name = "send_timeout", .kinds = SCHEMA_INTEGER, .fallback = "30", .help = "Seconds between two writes." },
    { .name = "idle_timeout", .kinds = SCHEMA_INTEGER, .fallback = "180", .help = "Seconds between two requests." },
    { .name = "large_header_buffer_size",
      .kinds = SCHEMA_INTEGER,
      .fallback = "8192",
      .help = "Bytes of a line of the head, from 2048 to 1048576." },
    { .name = "large_header_buffers",
      .kinds = SCHEMA_INTEGER,
      .fallback = "4",
      .help = "So many times this size is the largest head; at most 64." },
    { .name = "body_buffer_size", .kinds = SCHEMA_INTEGER, .help = "Accepted: bodies are streamed." },
    { .name = "max_body_size", .kinds = SCHEMA_INTEGER, .fallback = "8388608", .help = "Bytes; more is refused." },
    { .name = "body_temp_path", .kinds = SCHEMA_STRING, .help = "Accepted: bodies are streamed." },
    { .name = "discard_unsafe_fields",
      .kinds = SCHEMA_BOOL,
      .fallback = "true",
      .help = "Request fields whose name has other than letters, digits and `-` are dropped." },
    { .name = "log_route",
      .kinds = SCHEMA_BOOL,
      .fallback = "false",
      .help = "The log tells of the steps that requests take." },
    { .name = "server_version", .kinds = SCHEMA_BOOL, .fallback = "true", .help = "The field Server has the version." },
    { .name = "chunked_transform", .kinds = SCHEMA_BOOL, .help = "Accepted: chunked bodies are always understood." },
    { .name = "static", .kinds = SCHEMA_OBJECT, .object = &static_schema, .help = "Of static files." },
    { .name = "websocket",
      .kinds = SCHEMA_OBJECT,
      .object = &websocket_schema,
      .help = "Accepted without effect: components have no WebSockets." },
    { .name = "compression",
      .kinds = SCHEMA_OBJECT,
      .object = &compression_schema,
      .check = check_compression,
      .help = "Compression of answers, as the client's `Accept-Encoding` permits." },
};
const struct schema options_http = SCHEMA("http", http_options);

static const struct schema_option settings_options[] = {
    { .name = "http", .kinds = SCHEMA_OBJECT, .object = &options_http, .help = "Of all listeners." },
    { .name = "listen_threads",
      .kinds = SCHEMA_INTEGER,
      .range = &at_least_1,
      .help = "Workers that take connections; there is one for each processor, and more change nothing." },
    UNSUPPORTED("js_module", SCHEMA_STRING | SCHEMA_ARRAY, "JavaScript modules for templates."),
    UNSUPPORTED("telemetry", SCHEMA_OBJECT, "Traces."),
};
static const struct schema settings_schema = SCHEMA("settings", settings_options);

/* --- The access log --- */

static const struct schema_option format_members[] = {
    { .kinds = SCHEMA_STRING, .check = check_format_member, .help = "A member of the line, with variables." },
};
static const struct schema format_schema = SCHEMA_MAP("format", "MEMBER", format_members);

static const struct schema_option access_log_options[] = {
    { .name = "path", .kinds = SCHEMA_STRING, .check = check_path, .help = "File; without it, nothing is logged." },
    { .name = "format",
      .kinds = SCHEMA_STRING | SCHEMA_OBJECT,
      .object = &format_schema,
      .check = check_format,
      .fallback = "\"$remote_addr - - [$time_local] \\\"$request_line\\\" $status $body_bytes_sent "
                  "\\\"$header_referer\\\" \\\"$header_user_agent\\\"\"",
      .help = "A line of text with variables, or the members of a line of JSON." },
    { .name = "if", .kinds = SCHEMA_STRING, .check = check_condition, .help = "Condition for a line." },
};
static const struct schema access_log_schema = SCHEMA("access_log", access_log_options);

/* --- The whole --- */

static const struct schema_option root_options[] = {
    { .name = "$schema", .kinds = SCHEMA_STRING, .help = "For editors: the address of a JSON Schema. Without effect." },
    { .name = "settings", .kinds = SCHEMA_OBJECT, .object = &settings_schema, .help = "Of the server." },
    { .name = "listeners", .kinds = SCHEMA_OBJECT, .object = &listeners_schema, .help = "Addresses that are served." },
    { .name = "routes",
      .kinds = SCHEMA_ARRAY | SCHEMA_OBJECT,
      .object = &named_routes_schema,
      .items = &any_step,
      .help = "Steps, or named lists of steps." },
    { .name = "applications", .kinds = SCHEMA_OBJECT, .object = &applications_schema, .help = "What runs." },
    { .name = "upstreams",
      .kinds = SCHEMA_OBJECT,
      .object = &upstreams_schema,
      .help = "Groups of servers that share the requests." },
    { .name = "access_log",
      .kinds = SCHEMA_STRING | SCHEMA_OBJECT,
      .object = &access_log_schema,
      .check = check_path,
      .help = "File that gets a line a request." },
};
static const struct schema root_schema = SCHEMA("configuration", root_options);

const struct schema_option options_root = { .kinds = SCHEMA_OBJECT, .object = &root_schema };
