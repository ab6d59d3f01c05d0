package dev.trestle.dist.command;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import dev.trestle.base.TimeSource;
import dev.trestle.dist.devnet.DevnetFiles;
import dev.trestle.dist.role.Logs;
import dev.trestle.relay.node.LogFormat;
import dev.trestle.relay.node.NodeConfigFile;
import dev.trestle.relay.node.NodeFiles;
import dev.trestle.relay.node.RelayNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a validator logs as JSON, at the most talkative level. */
class NodeLogTest {
  @TempDir Path temp;

  private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Logger ours = context.getLogger("dev.trestle");
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  private OutputStreamAppender<ILoggingEvent> appender() {
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(Logs.encoder(context));
    appender.setOutputStream(written);
    appender.start();
    return appender;
  }

  private List<JsonNode> lines() {
    List<JsonNode> lines = new ArrayList<>();
    written
        .toString(StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> lines.add(new JsonMapper().readTree(line)));
    return lines;
  }

  private static String event(JsonNode line) {
    for (JsonNode pair : line.path("kvpList")) {
      if (pair.has("event")) {
        return pair.path("event").asString("");
      }
    }
    return "";
  }

  @Test
  void oneJsonObjectALineWithStableEventsAndWithoutSecrets() throws Exception {
    DevnetFiles files = new DevnetFiles(temp);
    files.createGenesis(TimeSource.system().nowMillis());
    Path home = files.validator(0);
    Path config =
        Files.writeString(
            home.resolve("config.json"),
            """
            {"dataDir": "data", "genesis": "../genesis.hex", "peers": [], "role": "validator",
             "validatorKey": "validator.key", "newValidator": true, "logFormat": "json"}
            """);
    OutputStreamAppender<ILoggingEvent> appender = appender();
    Level before = ours.getLevel();
    ours.setLevel(Level.TRACE);
    ours.addAppender(appender);
    try {
      assertThat(NodeConfigFile.load(config).operations().logFormat()).isEqualTo(LogFormat.JSON);
      RelayNode.start(NodeConfigFile.load(config))
          .await(60, TimeUnit.SECONDS)
          .close()
          .await(60, TimeUnit.SECONDS);
      ours.error("a fault\nof two lines", new IllegalStateException("why\nso"));
    } finally {
      ours.detachAppender(appender);
      ours.setLevel(before);
      appender.stop();
    }
    assertThat(lines()).extracting(NodeLogTest::event).contains("node-started");
    for (JsonNode line : lines()) {
      assertThat(line.has("timestamp") && line.has("level")).as(line.toString()).isTrue();
    }
    assertThat(lines().getLast().path("formattedMessage").asString(""))
        .isEqualTo("a fault\nof two lines");
    String text = written.toString(StandardCharsets.UTF_8);
    assertThat(text).doesNotContain(Files.readString(home.resolve("validator.key")).strip());
    Files.readAllLines(NodeFiles.transportKey(home.resolve("data"))).stream()
        .filter(line -> line.length() > 40 && !line.startsWith("-----"))
        .forEach(line -> assertThat(text).doesNotContain(line));
  }
}
