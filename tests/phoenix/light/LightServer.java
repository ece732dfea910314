package light;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
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
 * Arguments: a port for protobuf, for JSON, and for JSON with basic authentication; then statements, which have run
 * before it answers any client. Avatica's settings are system properties. Beside the commands of {@link Commands}:
 *
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

  private static void obey(String name, String rest, PrintStream out) {
    switch (name) {
      case "refuse" -> REFUSE.set(Integer.parseInt(rest));
      case "refuse-longer" -> refuseLongerMs = Long.parseLong(rest) * 60000;
      case "hang" -> {
        hangMs = Long.parseLong(rest.split(" ")[1]);
        HANG.set(Integer.parseInt(rest.split(" ")[0]));
      }
      case "expire" -> EXPIRE.set(Integer.parseInt(rest));
      case "kill" -> kills = true;
      case "executes" -> out.println(EXECUTES.getAndSet(0));
      default -> throw new IllegalArgumentException(name);
    }
  }

  public static void main(String[] args) throws Exception {
    Connection database = DriverManager.getConnection(URL);
    try (Statement statement = database.createStatement()) {
      for (int i = 3; i < args.length; i++) {
        statement.execute(args[i]);
      }
    }
    serve(Integer.parseInt(args[0]), Serialization.PROTOBUF, false);
    serve(Integer.parseInt(args[1]), Serialization.JSON, false);
    serve(Integer.parseInt(args[2]), Serialization.JSON, true);
    Commands.obey(database, LightServer::obey);
  }
}
