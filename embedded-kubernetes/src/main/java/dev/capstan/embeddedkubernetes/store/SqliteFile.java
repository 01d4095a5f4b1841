package dev.capstan.embeddedkubernetes.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The file of one virtual cluster. Write-ahead log with {@code synchronous=FULL}: a returned commit has been fsynced
 * (https://www.sqlite.org/pragma.html#pragma_synchronous). {@code locking_mode=EXCLUSIVE} holds the operating system's
 * lock on the file from opening to closing, so that a second process is refused and a killed one leaves no lock behind.
 * Used by one thread at a time; counts every statement it runs.
 */
final class SqliteFile implements AutoCloseable {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
    private static final int FORMAT = 1;

    private final Path path;
    private final Connection connection;
    private final ObjectMapper json;
    private final LongAdder statements;
    /** Null after a failure: the driver closes a statement that failed for want of space or input/output. */
    private @Nullable Prepared prepared;

    private record Prepared(
            PreparedStatement begin,
            PreparedStatement upsert,
            PreparedStatement delete,
            PreparedStatement version,
            PreparedStatement commit) {
        static Prepared on(Connection connection) throws SQLException {
            return new Prepared(
                    connection.prepareStatement("BEGIN IMMEDIATE"),
                    connection.prepareStatement("INSERT INTO objects (resource, namespace, name, body)"
                            + " VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body"),
                    connection.prepareStatement(
                            "DELETE FROM objects WHERE resource = ? AND namespace = ? AND name = ?"),
                    connection.prepareStatement("UPDATE cluster SET resource_version = ?"),
                    connection.prepareStatement("COMMIT"));
        }
    }

    private SqliteFile(Path path, Connection connection, ObjectMapper json, LongAdder statements) {
        this.path = path;
        this.connection = connection;
        this.json = json;
        this.statements = statements;
    }

    /** Opens the file, making it (mode 0600) when it is not there. */
    static SqliteFile open(Path path, ObjectMapper json) {
        Connection connection = null;
        try {
            makeOwnerOnly(path);
            connection = DriverManager.getConnection("jdbc:sqlite:" + path.toAbsolutePath());
            LongAdder statements = new LongAdder();
            try (Statement statement = connection.createStatement()) {
                for (String sql : new String[] {
                    "PRAGMA busy_timeout = 0",
                    "PRAGMA locking_mode = EXCLUSIVE",
                    "PRAGMA journal_mode = WAL",
                    "PRAGMA synchronous = FULL",
                    "BEGIN IMMEDIATE",
                    "CREATE TABLE IF NOT EXISTS cluster (resource_version INTEGER NOT NULL)",
                    "INSERT INTO cluster SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM cluster)",
                    "CREATE TABLE IF NOT EXISTS objects (resource TEXT NOT NULL, namespace TEXT NOT NULL,"
                            + " name TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (resource, namespace, name))",
                }) {
                    statement.execute(sql);
                    statements.increment();
                }
                checkFormat(statement);
                statement.execute("COMMIT");
                statements.add(3);
            }
            return new SqliteFile(path, connection, json, statements);
        } catch (SQLException e) {
            closeAfter(connection, e);
            if (code(e) == SQLiteErrorCode.SQLITE_BUSY.code) {
                throw new StorageFailure(
                        "Cannot open " + path + ": another process has it open. Stop that process, or use another"
                                + " directory.",
                        false,
                        e);
            }
            throw new StorageFailure("Cannot open " + path + ": " + e.getMessage() + ".", isFull(e), e);
        } catch (IOException e) {
            throw new StorageFailure("Cannot make " + path + ": " + e + ".", false, e);
        }
    }

    private static void makeOwnerOnly(Path path) throws IOException {
        try {
            Files.createFile(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        } catch (FileAlreadyExistsException _) {
            Files.setPosixFilePermissions(path, OWNER_ONLY);
        }
    }

    private static void checkFormat(Statement statement) throws SQLException {
        int found;
        try (ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            found = result.getInt(1);
        }
        if (found == 0) {
            statement.execute("PRAGMA user_version = " + FORMAT);
        } else if (found != FORMAT) {
            throw new SQLException("it was written in format " + found + ", this program reads format " + FORMAT
                    + "; use the program that wrote it");
        }
    }

    private static void closeAfter(@Nullable Connection connection, SQLException reason) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                reason.addSuppressed(e);
            }
        }
    }

    /** All objects of the file. */
    NavigableMap<ObjectKey, ObjectNode> load() {
        TreeMap<ObjectKey, ObjectNode> objects = new TreeMap<>();
        statements.increment();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT resource, namespace, name, body FROM objects")) {
            while (rows.next()) {
                ObjectKey key = new ObjectKey(rows.getString(1), rows.getString(2), rows.getString(3));
                // As text: Jackson's reader of bytes refuses a name with an escaped surrogate pair, which was written
                // once.
                objects.put(key, (ObjectNode) json.readTree(new String(rows.getBytes(4), StandardCharsets.UTF_8)));
            }
            return objects;
        } catch (SQLException | IOException e) {
            throw new StorageFailure("Cannot read " + path + ": " + e.getMessage() + ".", false, e);
        }
    }

    /** The resourceVersion of the last commit. */
    long resourceVersion() {
        statements.increment();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT resource_version FROM cluster")) {
            long found = row.getLong(1);
            return found;
        } catch (SQLException e) {
            throw new StorageFailure("Cannot read " + path + ": " + e.getMessage() + ".", false, e);
        }
    }

    /** Writes the last change of every address in one transaction; when this returns, it is on the disk. */
    void commit(long resourceVersion, Iterable<Event> outcome) {
        try {
            Prepared sql = prepared;
            if (sql == null) {
                sql = Prepared.on(connection);
                prepared = sql;
            }
            sql.begin().executeUpdate();
            for (Event event : outcome) {
                PreparedStatement statement = event.deleted() ? sql.delete() : sql.upsert();
                statement.setString(1, event.key().resource());
                statement.setString(2, event.key().namespace());
                statement.setString(3, event.key().name());
                if (!event.deleted()) {
                    statement.setBytes(4, json.writeValueAsBytes(event.object()));
                }
                statement.executeUpdate();
                statements.increment();
            }
            sql.version().setLong(1, resourceVersion);
            sql.version().executeUpdate();
            sql.commit().executeUpdate();
            statements.add(3);
        } catch (SQLException | IOException e) {
            StorageFailure failure = new StorageFailure(
                    isFull(e)
                            ? "The disk that holds " + path + " is full: nothing was written. Free some space and try"
                                    + " again."
                            : "Writing to " + path + " failed, nothing was written: " + e.getMessage() + ".",
                    isFull(e),
                    e);
            prepared = null;
            try (Statement statement = connection.createStatement()) {
                // SQLite has often rolled back by itself (a full disk): then this says that nothing is open.
                statement.execute("ROLLBACK");
            } catch (SQLException again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
    }

    private static int code(Exception e) {
        return e instanceof SQLiteException sqlite ? sqlite.getResultCode().code & 0xff : -1;
    }

    private static boolean isFull(Exception e) {
        return code(e) == SQLiteErrorCode.SQLITE_FULL.code;
    }

    /** Statements run since the file was opened, those of opening included. */
    long statements() {
        return statements.sum();
    }

    /** Lets the file grow by no more than the given number of pages: a full disk for tests. */
    void limitGrowth(int pages) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int now;
            try (ResultSet row = statement.executeQuery("PRAGMA page_count")) {
                now = row.getInt(1);
            }
            statement.execute("PRAGMA max_page_count = " + (now + pages));
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new StorageFailure("Closing " + path + " failed: " + e.getMessage() + ".", false, e);
        }
    }
}
