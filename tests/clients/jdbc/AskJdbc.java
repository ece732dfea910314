// The JDBC driver: AskJdbc CASES HOST:HTTP_PORT. CASES is cases.tsv: the driver tells the types.

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;

public class AskJdbc {
    static String aState;

    /** With the option, getBytes gives a String's own bytes. */
    static Connection connect(String address, boolean binaryStrings) throws SQLException {
        Properties options = new Properties();
        options.setProperty("socket_timeout", "20000");
        options.setProperty("binary_string_support", String.valueOf(binaryStrings));
        return DriverManager.getConnection("jdbc:clickhouse://" + address + "/default", options);
    }

    static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    static String json(Object value) throws SQLException {
        if (value instanceof java.sql.Array array)
            value = array.getArray();
        if (value instanceof Collection<?> list)
            value = list.toArray();
        if (value instanceof Object[] members) {
            List<String> parts = new ArrayList<>();
            for (Object member : members)
                parts.add(json(member));
            return "[" + String.join(",", parts) + "]";
        }
        if (value instanceof byte[] bytes)
            return quoted(hex(bytes));
        if (value instanceof String text)
            return quoted(hex(text.getBytes(StandardCharsets.UTF_8)));
        return String.valueOf(value);
    }

    static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\s+", " ") + '"';
    }

    static void write(String name, String what) {
        System.out.println("{\"client\":\"JDBC\",\"name\":" + quoted(name) + "," + what + "}");
    }

    static void answer(Connection connection, String name, String sql) {
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(sql)) {
            String type = rows.getMetaData().getColumnTypeName(1);
            List<String> values = new ArrayList<>();
            while (rows.next())
                values.add(json(type.equals("String") ? rows.getBytes(1) : rows.getObject(1)));
            if (type.equals("String") && aState == null)
                aState = sql;
            write(name, "\"type\":" + quoted(type) + ",\"values\":[" + String.join(",", values) + "]");
        } catch (Exception error) {
            write(name, "\"error\":" + quoted(error.toString()));
        }
    }

    static String stateAsText(Connection connection, Connection plain) throws SQLException {
        try (ResultSet right = connection.createStatement().executeQuery(aState);
                ResultSet found = plain.createStatement().executeQuery(aState)) {
            right.next();
            found.next();
            byte[] bytes = right.getBytes(1);
            if (found.getString(1).equals(hex(bytes)))
                return "hexadecimal digits";
            return Arrays.equals(found.getBytes(1), bytes) ? "bytes" : "changed text";
        }
    }

    static void giveBack(Connection connection) throws SQLException {
        String insert = "INSERT INTO returned (client, key, state) VALUES ('JDBC', ?, ?)";
        try (ResultSet rows = connection.createStatement().executeQuery("SELECT key, state FROM states");
                PreparedStatement statement = connection.prepareStatement(insert)) {
            while (rows.next()) {
                statement.setBigDecimal(1, rows.getBigDecimal(1));
                statement.setBytes(2, rows.getBytes(2));
                statement.executeUpdate();
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (Connection connection = connect(arguments[1], true); Connection plain = connect(arguments[1], false)) {
            for (String line : Files.readAllLines(Path.of(arguments[0]))) {
                String[] parts = line.split("\t");
                answer(connection, parts[0], parts[1]);
            }
            write("a state as text", "\"found\":" + quoted(stateAsText(connection, plain)));
            giveBack(connection);
        }
    }
}
