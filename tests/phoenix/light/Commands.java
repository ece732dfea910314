package light;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What the test servers are told on their standard input: a command a line, each answered by lines and a last one of a
 * single dot; so is the start.
 *
 *   sql STATEMENT          runs it
 *   dump QUERY             its rows, by JDBC and not by Avatica, as tab-separated text
 */
public final class Commands {
  /** A server's further commands. */
  public interface Others {
    void obey(String name, String rest, PrintStream out);
  }

  private static final int ROWS_AT_ONCE = 5000;

  private Commands() {
  }

  public static PrintStream standardOutput() {
    return new PrintStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 16), false, StandardCharsets.UTF_8);
  }

  /** Until the standard input ends, and with it the server; so it does where a command fails. */
  public static void obey(Connection database, Others others) {
    int status = 0;
    try {
      obey(database, others, standardOutput());
    } catch (Exception e) {
      e.printStackTrace();
      status = 1;
    }
    Runtime.getRuntime().halt(status);
  }

  private static void obey(Connection database, Others others, PrintStream out) throws IOException, SQLException {
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    answer(out);
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      String[] words = line.split(" ", 2);
      switch (words[0]) {
        case "sql" -> {
          try (Statement statement = database.createStatement()) {
            statement.execute(words[1]);
          }
        }
        case "dump" -> dump(database, words[1], out);
        default -> others.obey(words[0], words.length > 1 ? words[1] : "", out);
      }
      answer(out);
    }
  }

  private static void answer(PrintStream out) {
    out.println(".");
    out.flush();
  }

  static void dump(Connection database, String query, PrintStream out) throws SQLException {
    try (Statement statement = database.createStatement()) {
      statement.setFetchSize(ROWS_AT_ONCE);
      ResultSet rows = statement.executeQuery(query);
      int n = rows.getMetaData().getColumnCount();
      StringBuilder row = new StringBuilder();
      while (rows.next()) {
        row.setLength(0);
        for (int i = 1; i <= n; i++) {
          row.append(show(rows.getObject(i))).append(i == n ? '\n' : '\t');
        }
        out.append(row);
      }
    }
  }

  /** As ClickHouse prints the value that phoenix_scan makes of it. */
  private static String show(Object value) throws SQLException {
    if (value == null) {
      return "\\N";
    }
    if (value instanceof Timestamp time) {
      return time.toString().substring(0, 19) + "." + Integer.toString(1000 + time.getNanos() / 1000000).substring(1);
    }
    if (value instanceof java.sql.Date date) {
      return date + " 00:00:00.000";
    }
    if (value instanceof java.sql.Time time) {
      return Integer.toString(time.toLocalTime().toSecondOfDay() * 1000);
    }
    if (value instanceof java.math.BigDecimal decimal) {
      return decimal.signum() == 0 ? "0" : decimal.stripTrailingZeros().toPlainString();
    }
    if (value instanceof byte[] bytes) {
      return HexFormat.of().withUpperCase().formatHex(bytes);
    }
    if (value instanceof java.sql.Array array) {
      List<String> items = new ArrayList<>();
      for (Object item : (Object[]) array.getArray()) {
        items.add(item instanceof String ? "'" + item + "'" : item == null ? "NULL" : show(item));
      }
      return "[" + String.join(",", items) + "]";
    }
    return value.toString().replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("'", "\\'");
  }
}
