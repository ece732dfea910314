package full;

import java.io.File;
import java.io.FileOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import light.Commands;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.hbase.HBaseConfiguration;
import org.apache.hadoop.hbase.LocalHBaseCluster;
import org.apache.hadoop.hbase.zookeeper.MiniZooKeeperCluster;
import org.apache.phoenix.queryserver.server.QueryServer;

/**
 * ZooKeeper, HBase on the local file system, Phoenix and its query server, in one process. Arguments: a folder, whose
 * conf/ is on the class path, and the ports of ZooKeeper, of protobuf and of JSON. It is told what to do as the light server is.
 */
public final class FullServer {
  private static Configuration configure(String folder, int zookeeperPort) {
    Configuration settings = new Configuration(false);
    String root = new File(folder).getAbsolutePath();
    settings.set("hbase.rootdir", "file://" + root + "/hbase");
    settings.set("hbase.tmp.dir", root + "/tmp");
    settings.set("hadoop.tmp.dir", root + "/tmp");
    settings.set("hbase.cluster.distributed", "false");
    settings.set("hbase.unsafe.stream.capability.enforce", "false");
    settings.set("hbase.wal.provider", "filesystem");
    settings.set("hbase.zookeeper.quorum", "127.0.0.1");
    settings.setInt("hbase.zookeeper.property.clientPort", zookeeperPort);
    for (String part : new String[] {"master", "regionserver"}) {
      settings.set("hbase." + part + ".hostname", "127.0.0.1");
      settings.set("hbase." + part + ".ipc.address", "127.0.0.1");
      settings.setInt("hbase." + part + ".port", 0);
      settings.setInt("hbase." + part + ".info.port", -1);
    }
    settings.set("hbase.regionserver.wal.codec", "org.apache.hadoop.hbase.regionserver.wal.IndexedWALEditCodec");
    settings.setInt("hbase.regionserver.handler.count", 10);
    settings.setInt("hbase.regionserver.metahandler.count", 4);
    settings.setInt("hbase.master.wait.on.regionservers.mintostart", 1);
    settings.setInt("hbase.master.wait.on.regionservers.maxtostart", 1);
    settings.setInt("hbase.master.wait.on.regionservers.interval", 200);
    settings.setInt("hbase.regionserver.msginterval", 100);
    settings.setInt("hbase.client.pause", 20);
    settings.setBoolean("fs.automatic.close", false);
    settings.setInt("zookeeper.session.timeout", 30000);
    settings.setInt("hbase.master.start.timeout.localHBaseCluster", 180000);
    settings.set("hbase.procedure.store.wal.use.hsync", "false");
    settings.setInt("phoenix.query.threadPoolSize", 16);
    settings.setInt("phoenix.coprocessor.maxMetaDataCacheSize", 16777216);
    settings.set("phoenix.task.handling.interval.ms", "3600000");
    return settings;
  }

  private static void serve(Configuration hbase, int port, String serialization) throws Exception {
    Configuration settings = new Configuration(hbase);
    settings.setInt("phoenix.queryserver.http.port", port);
    settings.set("phoenix.queryserver.serialization", serialization);
    // Hadoop's servlet wants the real javax.servlet; the query server's is under another name.
    settings.set("phoenix.queryserver.jmxjsonendpoint.disabled", "true");
    settings.set("phoenix.queryserver.envvars.logging.disabled", "true");
    QueryServer server = new QueryServer(new String[0], settings);
    Thread thread = new Thread(server, serialization);
    thread.setDaemon(true);
    thread.start();
    while (server.getThrowable() == null && !listens(server)) {
      Thread.sleep(20);
    }
    if (server.getThrowable() != null) {
      throw new IllegalStateException(server.getThrowable());
    }
  }

  private static boolean listens(QueryServer server) {
    try {
      return server.getPort() > 0;
    } catch (RuntimeException notYet) {
      return false;
    }
  }

  public static void main(String[] args) throws Exception {
    int zookeeperPort = Integer.parseInt(args[1]);
    Path file = Paths.get(args[0], "conf", "hbase-site.xml");
    Files.createDirectories(file.getParent());
    try (FileOutputStream out = new FileOutputStream(file.toFile())) {
      configure(args[0], zookeeperPort).writeXml(out);
    }
    Configuration hbase = HBaseConfiguration.create();
    MiniZooKeeperCluster zookeeper = new MiniZooKeeperCluster(hbase);
    zookeeper.setDefaultClientPort(zookeeperPort);
    if (zookeeper.startup(new File(args[0], "zookeeper")) != zookeeperPort) {
      throw new IllegalStateException("ZooKeeper's port is taken");
    }
    LocalHBaseCluster cluster = new LocalHBaseCluster(hbase, 1, 1);
    cluster.startup();
    while (cluster.getActiveMaster() == null || !cluster.getActiveMaster().isInitialized()) {
      Thread.sleep(50);
    }
    Connection phoenix = DriverManager.getConnection("jdbc:phoenix:127.0.0.1:" + zookeeperPort);
    phoenix.setAutoCommit(true);
    try (ResultSet rows = phoenix.createStatement().executeQuery("SELECT COUNT(*) FROM SYSTEM.CATALOG")) {
      rows.next(); // by then its tables are there
    }
    serve(hbase, Integer.parseInt(args[2]), "PROTOBUF");
    serve(hbase, Integer.parseInt(args[3]), "JSON");
    Commands.obey(phoenix, (name, rest, out) -> {
      throw new IllegalArgumentException(name);
    });
  }
}
