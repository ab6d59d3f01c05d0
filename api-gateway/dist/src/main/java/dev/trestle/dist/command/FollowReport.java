package dev.trestle.dist.command;

import dev.trestle.base.TimeSource;
import dev.trestle.lightclient.HeaderRef;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/** Says where a followed chain is: a line whenever its verified head changes. */
final class FollowReport {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int BAR = 20;
  private static final long MIB = 1L << 20;

  private final HeaderFollow following;
  private final String chain;
  private final Optional<Long> until;
  private final boolean json;
  private final PrintWriter out;
  private final TimeSource time;
  private final long startMillis;
  private Optional<HeaderRef> shown = Optional.empty();

  FollowReport(
      HeaderFollow following,
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

  void show() {
    HeaderRef head = following.head();
    if (shown.equals(Optional.of(head))) {
      return;
    }
    shown = Optional.of(head);
    Optional<Long> last = following.finalized();
    long rate = following.verified() * 1_000 / Math.max(1, time.nowMillis() - startMillis);
    Runtime runtime = Runtime.getRuntime();
    long memory = (runtime.totalMemory() - runtime.freeMemory()) / MIB;
    out.println(json ? json(head, last, rate, memory) : text(head, last, rate, memory));
    out.flush();
  }

  private String json(HeaderRef head, Optional<Long> last, long rate, long memory) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("chain", chain);
    line.put("head", head.height());
    line.put("id", head.id().toReversedHex());
    last.ifPresent(height -> line.put("final", height));
    line.put("verified", following.verified());
    line.put("headersPerSecond", rate);
    line.put("memoryMiB", memory);
    return JSON.writeValueAsString(line);
  }

  private String text(HeaderRef head, Optional<Long> last, long rate, long memory) {
    return String.format(
        Locale.ROOT,
        "%shead %d %s  final %s  %d headers/s  %d MiB",
        until.map(end -> bar(head.height(), end)).orElse(""),
        head.height(),
        head.id().toReversedHex(),
        last.map(String::valueOf).orElse("-"),
        rate,
        memory);
  }

  private static String bar(long height, long end) {
    int done = end <= 0 ? BAR : (int) Math.min(BAR, BAR * Math.min(height, end) / end);
    return "[" + "#".repeat(done) + "-".repeat(BAR - done) + "] ";
  }
}
