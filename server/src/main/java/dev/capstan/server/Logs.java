package dev.capstan.server;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import dev.capstan.server.home.HomeFolder;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the control plane's log goes: {@code log/server.log}, five files of 10 MB each, and standard error. Set up
 * in code, since reading it from a file takes longer than all the rest of logging.
 */
public final class Logs {

    /** Environment variable: set, standard error gets nothing but what ends the process. */
    static final String QUIET_CONSOLE = "CAPSTAN_QUIET_CONSOLE";

    private static final int FILES = 4;
    private static final FileSize SIZE = FileSize.valueOf("10MB");

    private Logs() {}

    /** A record of the audit log, besides its file: to standard output, where that is somebody's. */
    static void audit(String line) {
        if (System.getenv(QUIET_CONSOLE) == null) {
            System.out.print(line);
            System.out.flush();
        }
    }

    /** To a file of the home, and to standard error where that is somebody's. */
    static void write(HomeFolder home, boolean debug) {
        var context = levels(debug);
        var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.addAppender(file(context, home));
        if (System.getenv(QUIET_CONSOLE) == null) {
            root.addAppender(console(context));
        }
        bridgeFromJavaUtilLogging();
    }

    /** To standard error alone, as a container's log. */
    public static void toConsole(boolean debug) {
        var context = levels(debug);
        context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(console(context));
        bridgeFromJavaUtilLogging();
    }

    private static LoggerContext levels(boolean debug) {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.INFO);
        context.getLogger("dev.capstan").setLevel(debug ? Level.DEBUG : Level.INFO);
        context.getLogger("io.helidon").setLevel(Level.WARN);
        // Whether it listens is told by who starts it, in words instead of a stack trace.
        context.getLogger("io.helidon.webserver.LoomServer").setLevel(Level.OFF);
        context.getLogger("io.fabric8").setLevel(Level.WARN);
        return context;
    }

    private static Appender<ILoggingEvent> console(LoggerContext context) {
        var console = new ConsoleAppender<ILoggingEvent>();
        console.setTarget("System.err");
        return started(context, console);
    }

    private static Appender<ILoggingEvent> file(LoggerContext context, HomeFolder home) {
        var file = new RollingFileAppender<ILoggingEvent>();
        file.setFile(home.resolve("log/server.log").toString());
        var policy = new FixedWindowRollingPolicy();
        policy.setContext(context);
        policy.setParent(file);
        policy.setFileNamePattern(home.resolve("log/server.%i.log").toString());
        policy.setMinIndex(1);
        policy.setMaxIndex(FILES);
        policy.start();
        file.setRollingPolicy(policy);
        var trigger = new SizeBasedTriggeringPolicy<ILoggingEvent>();
        trigger.setContext(context);
        trigger.setMaxFileSize(SIZE);
        trigger.start();
        file.setTriggeringPolicy(trigger);
        return started(context, file);
    }

    private static Appender<ILoggingEvent> started(
            LoggerContext context, OutputStreamAppender<ILoggingEvent> appender) {
        var encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX,UTC} %-5level %logger{0}: %X{request}%msg%n");
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        return appender;
    }

    /** The web server and the JDK log through java.util.logging. */
    private static void bridgeFromJavaUtilLogging() {
        var root = LogManager.getLogManager().getLogger("");
        for (var handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        root.addHandler(new Handler() {
            private final SimpleFormatter formatter = new SimpleFormatter();

            @Override
            public void publish(LogRecord record) {
                var name = record.getLoggerName() == null ? "java" : record.getLoggerName();
                LoggerFactory.getLogger(name)
                        .atLevel(level(record.getLevel()))
                        .setCause(record.getThrown())
                        .log(formatter.formatMessage(record));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
    }

    private static org.slf4j.event.Level level(java.util.logging.Level level) {
        if (level.intValue() >= java.util.logging.Level.SEVERE.intValue()) {
            return org.slf4j.event.Level.ERROR;
        }
        if (level.intValue() >= java.util.logging.Level.WARNING.intValue()) {
            return org.slf4j.event.Level.WARN;
        }
        return level.intValue() >= java.util.logging.Level.INFO.intValue()
                ? org.slf4j.event.Level.INFO
                : org.slf4j.event.Level.DEBUG;
    }
}
