package dev.trestle.notary;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What this module logs, as an operator sees it who has set no level: warnings and worse. */
final class LogLines implements AutoCloseable {
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.trestle.notary");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  LogLines() {
    lines.start();
    logger.addAppender(lines);
  }

  /** Those since the last call. */
  List<String> take() {
    List<String> taken =
        lines.list.stream()
            .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
            .map(ILoggingEvent::getFormattedMessage)
            .toList();
    lines.list.clear();
    return taken;
  }

  @Override
  public void close() {
    logger.detachAppender(lines);
  }
}
