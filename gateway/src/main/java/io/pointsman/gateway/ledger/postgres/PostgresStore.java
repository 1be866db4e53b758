package io.pointsman.gateway.ledger.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.pointsman.gateway.ledger.Spool;
import io.pointsman.gateway.ledger.SpoolPosition;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.flywaydb.core.Flyway;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A table of PostgreSQL. Confined to the thread that ships.
///
/// A record's name is the place where it ends in its spool, and the position is written in the same
/// transaction as the records: so what was sent before a crash is not sent again, and would not be
/// taken twice if it were. All waiting is bounded.
final class PostgresStore implements RecordStore {

    private static final Logger LOG = LoggerFactory.getLogger("pointsman.spool");

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int SOCKET_SECONDS = 30;
    private static final int QUERY_SECONDS = 20;
    private static final Duration LIFE = Duration.ofMinutes(10);

    private static final String INSERT =
            """
            INSERT INTO pointsman_requests (spool, segment, position, received_at, record)
            VALUES (?, ?, ?, (?::jsonb ->> 'at')::timestamptz, ?::jsonb)
            ON CONFLICT (spool, segment, position) DO NOTHING
            """;
    private static final String SELECT_POSITION =
            "SELECT segment, position FROM pointsman_positions WHERE spool = ?";
    private static final String MOVE =
            """
            INSERT INTO pointsman_positions (spool, segment, position) VALUES (?, ?, ?)
            ON CONFLICT (spool) DO UPDATE SET segment = excluded.segment, position = excluded.position,
                moved_at = now()
            """;

    private final HikariConfig config;
    private @Nullable HikariDataSource pool;

    /// A store at `url`, which is connected to when it is first asked something.
    PostgresStore(String url, Optional<String> user, Optional<String> password) {
        config = new HikariConfig();
        config.setJdbcUrl(url);
        user.ifPresent(config::setUsername);
        password.ifPresent(config::setPassword);
        config.setPoolName("ledger");
        // Migrating takes two.
        config.setMaximumPoolSize(2);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setValidationTimeout(CONNECT.toMillis());
        config.setMaxLifetime(LIFE.toMillis());
        // The first connection is made when it is needed, so that the start does not wait for it.
        config.setInitializationFailTimeout(-1);
        config.setAutoCommit(false);
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.addDataSourceProperty("ApplicationName", "pointsman");
        config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
        config.addDataSourceProperty("loginTimeout", Long.toString(CONNECT.toSeconds()));
        config.addDataSourceProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
    }

    @Override
    public SpoolPosition position(UUID spool) {
        return inTransaction(connection -> {
            try (var select = prepare(connection, SELECT_POSITION)) {
                select.setObject(1, spool);
                try (var found = select.executeQuery()) {
                    return found.next()
                            ? new SpoolPosition(found.getLong(1), found.getLong(2))
                            : SpoolPosition.START;
                }
            }
        });
    }

    @Override
    public void take(UUID spool, Spool.Batch batch) {
        try {
            inTransaction(connection -> {
                insert(connection, spool, batch.lines());
                move(connection, spool, batch.next());
                return true;
            });
        } catch (StoreException e) {
            if (!wrongData(e) || batch.lines().isEmpty()) {
                throw e;
            }
            takeOneByOne(spool, batch);
        }
    }

    /// A record that the database cannot hold must not keep the others from it.
    private void takeOneByOne(UUID spool, Spool.Batch batch) {
        for (var line : batch.lines()) {
            try {
                take(spool, new Spool.Batch(List.of(line), line.end()), true);
            } catch (StoreException e) {
                if (!wrongData(e)) {
                    throw e;
                }
                // The database's message quotes the record, which is in the spool for whoever
                // looks.
                LOG.error(
                        "the database refuses the record that ends at {} of segment {}, which stays in the spool",
                        line.end().offset(),
                        line.end().segment());
                take(spool, new Spool.Batch(List.of(), line.end()), true);
            }
        }
    }

    private void take(UUID spool, Spool.Batch batch, boolean single) {
        inTransaction(connection -> {
            insert(connection, spool, batch.lines());
            move(connection, spool, batch.next());
            return single;
        });
    }

    private static boolean wrongData(StoreException e) {
        for (var cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                return sql.getSQLState().startsWith("22");
            }
        }
        return false;
    }

    private static void insert(Connection connection, UUID spool, List<Spool.Line> lines)
            throws SQLException {
        if (lines.isEmpty()) {
            return;
        }
        try (var insert = prepare(connection, INSERT)) {
            for (var line : lines) {
                var json = new String(line.json(), StandardCharsets.UTF_8);
                insert.setObject(1, spool);
                insert.setLong(2, line.end().segment());
                insert.setLong(3, line.end().offset());
                insert.setString(4, json);
                insert.setString(5, json);
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void move(Connection connection, UUID spool, SpoolPosition to)
            throws SQLException {
        try (var move = prepare(connection, MOVE)) {
            move.setObject(1, spool);
            move.setLong(2, to.segment());
            move.setLong(3, to.offset());
            move.executeUpdate();
        }
    }

    private static PreparedStatement prepare(Connection connection, String sql)
            throws SQLException {
        var statement = connection.prepareStatement(sql);
        statement.setQueryTimeout(QUERY_SECONDS);
        return statement;
    }

    /// What is done with a connection.
    @FunctionalInterface
    private interface Work<T> {
        T with(Connection connection) throws SQLException;
    }

    private <T> T inTransaction(Work<T> work) {
        try (var connection = pool().getConnection()) {
            try {
                var result = work.with(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            }
        } catch (SQLException e) {
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
    }

    private HikariDataSource pool() {
        var connected = pool;
        if (connected != null) {
            return connected;
        }
        var fresh = new HikariDataSource(config);
        try {
            Flyway.configure()
                    .dataSource(fresh)
                    .locations("classpath:io/pointsman/gateway/ledger/postgres")
                    .table("pointsman_schema")
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (RuntimeException e) {
            fresh.close();
            throw new StoreException(String.valueOf(e.getMessage()), e);
        }
        pool = fresh;
        return fresh;
    }

    @Override
    public void close() {
        var connected = pool;
        if (connected != null) {
            connected.close();
        }
    }
}
