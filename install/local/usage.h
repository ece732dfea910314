/* The texts of --help. */
#ifndef SALTWELL_USAGE_H
#define SALTWELL_USAGE_H

static const char usage_short[] =
    "usage: saltwell-local --query SQL … [option of clickhouse local …] [-- --config.key=value …]\n"
    "       saltwell-local --serve --path DIR [--http-port 8123] [--tcp-port 9000]\n"
    "                      [--listen-host 127.0.0.1] [--users-config FILE] [--config-file FILE]\n"
    "                      [-- --config.key=value …]\n"
    "       saltwell-local --help | --version\n";

static const char usage_long[] =
    "\n"
    "ClickHouse in one process, with Saltwell's functions registered.\n"
    "\n"
    "Queries: --query SQL (may be repeated), --queries-file FILE, or SQL on standard input. Every\n"
    "  other option is one of `clickhouse local`, whose own --help does not work here. There is "
    "no\n"
    "  prompt: --interactive does not work. The result is held in memory until the end, so a large "
    "one\n"
    "  is better written with INTO OUTFILE; after an error only the error is printed.\n"
    "  --path DIR     keep the data in DIR; without it, it is gone at the end\n"
    "\n"
    "Server: --serve answers HTTP and the native protocol until SIGTERM or SIGINT, and prints one "
    "line\n"
    "  when it is ready.\n"
    "  --listen-host  an address beyond loopback needs --users-config\n"
    "  --users-config users, passwords, profiles and quotas, as in a server's users.xml. It must "
    "keep\n"
    "                 a user `default` without a password, which the launcher itself uses;\n"
    "                 <networks><ip>127.0.0.1</ip></networks> keeps others from it\n"
    "  --config-file  a server config instead of the one that is written to "
    "DIR/saltwell-server.xml\n"
    "\n"
    "Both: --plugins DIR   another set of functions: DIR/bin, DIR/xml, DIR/user_defined\n"
    "      SALTWELL_ENGINE another libchdb.so\n"
    "\n"
    "Exit status: 0 success, 1 a query failed or the server could not start, 2 wrong call.\n";

#endif
