package dev.trestle.dist.follow;

import dev.trestle.base.TimeSource;
import dev.trestle.lightclient.HeaderRef;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Says where a followed chain is: a line whenever its verified head changes, and a last one. */
final class FollowReport {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BAR = 20;
  private static final long MIB = 1L << 20;

  private final Follow following;
  private final String chain;
  private final Optional<Long> until;
  private final boolean json;
  private final PrintWriter out;
  private final TimeSource time;
  private final long startMillis;
  private Optional<HeaderRef> shown = Optional.empty();
  private Optional<Long> last = Optional.empty();

  FollowReport(
      Follow following,
      String chain,
      Optional<Long> until,
      boolean json,
      PrintWriter out,
      TimeSource time) {
    this.following = following;
    this.chain = chain;
    this.until = until;
    this.json = json;
    this.out = out;
    this.time = time;
    this.startMillis = time.nowMillis();
  }

  /** One line if the head has moved since the last one. */
  void show() {
    HeaderRef head = following.head();
    if (!shown.equals(Optional.of(head))) {
      shown = Optional.of(head);
      last = following.finalized();
      print(Line.PROGRESS);
    }
  }

  /** What came of it: the last line, also after a signal. Asks the node nothing more. */
  void summarize() {
    print(Line.SUMMARY);
  }

  private enum Line {
    PROGRESS,
    SUMMARY
  }

  private void print(Line kind) {
    long millis = Math.max(1, time.nowMillis() - startMillis);
    Runtime runtime = Runtime.getRuntime();
    Numbers numbers =
        new Numbers(
            following.verified() * 1_000 / millis,
            (runtime.totalMemory() - runtime.freeMemory()) / MIB,
            millis / 1_000.0);
    out.println(json ? json(kind, numbers) : text(kind, numbers));
    out.flush();
  }

  private record Numbers(long rate, long memory, double seconds) {}

  private String json(Line kind, Numbers numbers) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("chain", chain);
    line.put("head", following.head().height());
    line.put("id", following.id());
    last.ifPresent(height -> line.put("final", height));
    line.put("best", following.best());
    line.put("verified", following.verified());
    line.put("headersPerSecond", numbers.rate());
    line.put("memoryMiB", numbers.memory());
    if (kind == Line.SUMMARY) {
      line.put("seconds", numbers.seconds());
      line.put("summary", true);
    }
    return JSON.writeValueAsString(line);
  }

  private String text(Line kind, Numbers numbers) {
    long height = following.head().height();
    String state =
        String.format(
            Locale.ROOT,
            "head %d %s  final %s  %d headers/s  %d MiB",
            height,
            following.id(),
            last.map(String::valueOf).orElse("-"),
            numbers.rate(),
            numbers.memory());
    return kind == Line.SUMMARY
        ? String.format(
            Locale.ROOT,
            "verified %d headers in %.1f s: %s",
            following.verified(),
            numbers.seconds(),
            state)
        : bar(height, until.orElse(following.best())) + state;
  }

  private static String bar(long height, long end) {
    int done = end <= 0 ? BAR : (int) Math.min(BAR, BAR * Math.min(height, end) / end);
    return "[" + "#".repeat(done) + "-".repeat(BAR - done) + "] ";
  }
}
