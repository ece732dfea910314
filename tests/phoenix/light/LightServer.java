package light;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.avatica.NoSuchStatementException;
import org.apache.calcite.avatica.MissingResultsException;
import org.apache.calcite.avatica.jdbc.JdbcMeta;
import org.apache.calcite.avatica.remote.Driver.Serialization;
import org.apache.calcite.avatica.remote.LocalService;
import org.apache.calcite.avatica.server.HttpServer;

/**
 * The query server's own Avatica and Jetty over a database in memory, with faults on request.
 * Arguments: a port for protobuf, for JSON, and for JSON with basic authentication. Avatica's settings are system
 * properties. Standard input takes a command a line, each answered by lines and a last one of a single dot:
 *
 *   sql STATEMENT          runs it
 *   dump QUERY             its rows, by JDBC and not by Avatica, as tab-separated text
 *   refuse N               the next N executes are refused as Phoenix does when its pool is full
 *   refuse-longer MINUTES  so are all whose window is longer; 0: none
 *   hang N MS              the next N fetches wait first
 *   expire N               before each of the next N fetches the statement is closed
 *   kill                   the next fetch ends the server
 *   executes               how many there were since it was asked last
 */
public final class LightServer {
  private static final String URL = "jdbc:hsqldb:mem:light";
  private static final AtomicInteger REFUSE = new AtomicInteger(), HANG = new AtomicInteger(), EXPIRE = new AtomicInteger(),
      EXECUTES = new AtomicInteger();
  private static volatile long refuseLongerMs, hangMs;
  private static volatile boolean kills;
  private static final Pattern LITERAL = Pattern.compile("TIMESTAMP '([^']*)'");

  private static final class FaultyMeta extends JdbcMeta {
    FaultyMeta(Properties info) throws SQLException {
      super(URL, info);
    }

    @Override
    public ExecuteResult prepareAndExecute(StatementHandle handle, String sql, long maxRowCount, int maxRowsInFirstFrame,
        PrepareCallback callback) throws NoSuchStatementException {
      EXECUTES.incrementAndGet();
      if (take(REFUSE) || isTooLong(sql)) {
        throw new RuntimeException(new SQLException("Task org.apache.phoenix.job.JobManager$InstrumentedJobFutureTask@1[Not completed]"
            + " rejected from org.apache.phoenix.job.JobManager$1@2[Running, pool size = 2, active threads = 2]"));
      }
      return super.prepareAndExecute(handle, sql, maxRowCount, maxRowsInFirstFrame, callback);
    }

    @Override
    public Frame fetch(StatementHandle handle, long offset, int fetchMaxRowCount)
        throws NoSuchStatementException, MissingResultsException {
      if (kills) {
        Runtime.getRuntime().halt(9);
      }
      // Before a wait: a client may have given this fetch up by its end, and asked for other faults.
      if (take(EXPIRE)) {
        closeStatement(handle);
      }
      if (take(HANG)) {
        sleep(hangMs);
      }
      return super.fetch(handle, offset, fetchMaxRowCount);
    }
  }

  private static boolean take(AtomicInteger left) {
    return left.getAndUpdate(n -> n > 0 ? n - 1 : 0) > 0;
  }

  private static boolean isTooLong(String sql) {
    List<Long> bounds = new ArrayList<>();
    for (Matcher literal = LITERAL.matcher(sql); literal.find();) {
      bounds.add(Timestamp.valueOf(literal.group(1)).getTime());
    }
    return refuseLongerMs > 0 && bounds.size() == 2 && bounds.get(1) - bounds.get(0) > refuseLongerMs;
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void serve(int port, Serialization serialization, boolean basic) throws Exception {
    Properties info = new Properties();
    System.getProperties().forEach((name, value) -> {
      if (name.toString().startsWith("avatica.")) {
        info.put(name, value);
      }
    });
    HttpServer.Builder<?> builder =
        HttpServer.Builder.newBuilder().withPort(port).withHandler(new LocalService(new FaultyMeta(info)), serialization);
    if (basic) {
      Path users = Files.createTempFile("light", ".users");
      Files.writeString(users, "reader: secret,users\n");
      users.toFile().deleteOnExit();
      builder.withBasicAuthentication(users.toString(), new String[] {"users"});
    }
    builder.build().start();
  }

  /** As ClickHouse prints the value that phoenix_scan makes of it. */
  private static String show(Object value) throws SQLException {
    if (value == null) {
      return "\\N";
    }
    if (value instanceof Timestamp time) {
      return time.toString().substring(0, 19) + String.format(".%03d", time.getNanos() / 1000000);
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

  private static void dump(Connection database, String query) throws SQLException {
    StringBuilder text = new StringBuilder();
    try (Statement statement = database.createStatement(); ResultSet rows = statement.executeQuery(query)) {
      int n = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        for (int i = 1; i <= n; i++) {
          text.append(show(rows.getObject(i))).append(i == n ? '\n' : '\t');
        }
      }
    }
    System.out.print(text);
  }

  private static void obey(Connection database, String line) throws SQLException {
    String[] words = line.split(" ", 2);
    switch (words[0]) {
      case "sql" -> {
        try (Statement statement = database.createStatement()) {
          statement.execute(words[1]);
        }
      }
      case "dump" -> dump(database, words[1]);
      case "refuse" -> REFUSE.set(Integer.parseInt(words[1]));
      case "refuse-longer" -> refuseLongerMs = Long.parseLong(words[1]) * 60000;
      case "hang" -> {
        hangMs = Long.parseLong(words[1].split(" ")[1]);
        HANG.set(Integer.parseInt(words[1].split(" ")[0]));
      }
      case "expire" -> EXPIRE.set(Integer.parseInt(words[1]));
      case "kill" -> kills = true;
      case "executes" -> System.out.println(EXECUTES.getAndSet(0));
      default -> throw new IllegalArgumentException(line);
    }
  }

  public static void main(String[] args) throws Exception {
    System.setOut(new java.io.PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), false, "UTF-8"));
    Connection database = DriverManager.getConnection(URL);
    serve(Integer.parseInt(args[0]), Serialization.PROTOBUF, false);
    serve(Integer.parseInt(args[1]), Serialization.JSON, false);
    serve(Integer.parseInt(args[2]), Serialization.JSON, true);
    answer();
    BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      obey(database, line);
      answer();
    }
    Runtime.getRuntime().halt(0);
  }

  private static void answer() throws IOException {
    System.out.println(".");
    System.out.flush();
  }
}
