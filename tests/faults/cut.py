"""cut.py FILE: a server that ends each of its answers one byte later, from the first byte to the whole; its port goes
to FILE. It prints the length of the whole."""

import os
import socket
import sys

ANSWER = (b"HTTP/1.1 200 OK\r\nX-ClickHouse-Summary: {}\r\nConnection: Close\r\nTransfer-Encoding: chunked\r\n\r\n"
          b"2\r\n1\n\r\n0\r\n\r\n")

print(len(ANSWER), flush=True)
with socket.create_server(("127.0.0.1", 0)) as listener:
    with open(sys.argv[1] + ".new", "w", encoding="ascii") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(sys.argv[1] + ".new", sys.argv[1])
    for size in range(len(ANSWER) + 1):
        connection = listener.accept()[0]
        request = b""
        while not request.endswith(b"SELECT 1\n"):
            request += connection.recv(65536)
        connection.sendall(ANSWER[:size])
        connection.close()
