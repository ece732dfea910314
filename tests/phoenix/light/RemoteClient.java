package light;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;

/** Another client, to compare with: Avatica's own JDBC driver. Arguments: a URL and a query, whose rows are written as text. */
public final class RemoteClient {
  private RemoteClient() {
  }

  public static void main(String[] args) throws Exception {
    PrintStream out = Commands.standardOutput();
    try (Connection server = DriverManager.getConnection("jdbc:avatica:remote:serialization=PROTOBUF;url=" + args[0])) {
      Commands.dump(server, args[1], out);
    }
    out.flush();
  }
}
