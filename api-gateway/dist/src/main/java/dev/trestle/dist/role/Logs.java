package dev.trestle.dist.role;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import dev.trestle.relay.node.LogFormat;
import java.util.Iterator;
import org.slf4j.LoggerFactory;

/** Sets how this process writes its logs. */
public final class Logs {
  private Logs() {}

  /** Text is what {@code logback.xml} says; JSON replaces it for everything from now on. */
  public static void use(LogFormat format) {
    switch (format) {
      case TEXT -> {}
      case JSON -> {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        Iterator<Appender<ILoggingEvent>> appenders =
            context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        while (appenders.hasNext()) {
          if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
            appender.stop();
            appender.setEncoder(encoder(context));
            appender.start();
          }
        }
      }
    }
  }

  /** One line an event: time, level, logger, message, the event's name and values, the fault. */
  public static JsonEncoder encoder(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithContext(false);
    encoder.setWithMarkers(false);
    encoder.setWithMDC(false);
    encoder.setWithArguments(false);
    encoder.setWithMessage(false);
    encoder.setWithFormattedMessage(true);
    encoder.start();
    return encoder;
  }
}
