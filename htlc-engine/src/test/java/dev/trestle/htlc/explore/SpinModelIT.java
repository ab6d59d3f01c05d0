package dev.trestle.htlc.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.adapter.ChainProfile.Timing;
import dev.trestle.htlc.Role;
import dev.trestle.htlc.TimelockPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The protocol as a Promela model, checked by Spin: {@code SPIN} is the program, {@code SPIN_PAN}
 * compiles and runs the verifier that it writes. {@code ./trestle setup} has both; a machine
 * without them fails here. The model is written apart from the planner, from the same rules, and
 * takes every number from {@link TimelockPolicy}.
 */
class SpinModelIT {
  private static final Pattern ERRORS = Pattern.compile("errors: (\\d+)");
  private static final Pattern STATES = Pattern.compile("(\\S+) states, stored");
  private static final Pattern UNFINISHED =
      Pattern.compile("max search depth too small|out of memory|reached -DMEMLIM|unreached.*error");

  @TempDir private Path folder;

  private record Checked(long errors, double states, String output) {}

  private static String model() {
    try (InputStream in = SpinModelIT.class.getResourceAsStream("/spin/swap.pml")) {
      assertThat(in).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** What the model calls by name, from the same formulas that production uses. */
  private static Map<String, Long> constants(Setup setup) {
    TimelockPolicy policy = setup.policy();
    List<Long> expiries = setup.expiries();
    int legs = setup.world().size();
    int own = setup.role().party();
    int incoming = (own + legs - 1) % legs;
    Timing mine = setup.world().get(own);
    Timing paid = setup.world().get(incoming);
    Map<String, Long> c = new TreeMap<>();
    c.put("T_OWN", expiries.get(own));
    c.put("T_PAID", expiries.get(incoming));
    c.put("T_LAST", expiries.getLast());
    c.put("D_OWN", mine.refund());
    c.put("R_OWN", mine.irreversible());
    c.put("D_PAID", paid.claim());
    c.put("R_PAID", paid.irreversible());
    c.put("SEEN", mine.seen());
    c.put("SKEW_OWN", mine.clockSkew());
    c.put("SKEW_PAID", paid.clockSkew());
    c.put("SOFT_OWN", mine.softExpiry() ? 1L : 0L);
    c.put("SOFT_PAID", paid.softExpiry() ? 1L : 0L);
    c.put("OUTAGE", (long) setup.outage());
    c.put("OUTAGE_SEEN", policy.outageSeconds());
    c.put("WINDOW", policy.window(own, setup.believed()));
    c.put("REVEAL", policy.revealWindow(setup.believed().getLast()));
    c.put("INITIATOR", own == 0 ? 1L : 0L);
    c.put("OTHERS", legs > 2 ? 1L : 0L);
    c.put("LAST", own == 2 ? 1L : 0L);
    c.put("MOST_OWN", Math.max(mine.irreversible(), mine.seen()) + 1);
    long most = 0;
    for (Timing chain : setup.world()) {
      most =
          Math.max(
              most, chain.claim() + chain.irreversible() + chain.seen() + 2 * chain.clockSkew());
    }
    c.put("END", expiries.getFirst() + setup.outage() + most + 2);
    c.put("ASK_CLAIM", 1L);
    c.put("ASK_REFUND", 1L);
    return c;
  }

  private Checked check(Map<String, Long> constants) {
    String names = String.join("|", constants.keySet());
    String text =
        Pattern.compile("\\b(" + names + ")\\b")
            .matcher(model())
            .replaceAll(found -> String.valueOf(constants.get(found.group(1))));
    try {
      Files.writeString(folder.resolve("swap.pml"), text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    // no C preprocessor is needed, and not every machine has one
    String written = run(List.of(program("SPIN"), "-Pcat", "-a", "swap.pml"));
    assertThat(folder.resolve("pan.c")).as(written).exists();
    String output =
        run(List.of(program("SPIN_PAN"), "-DSAFETY", "-DMEMLIM=700", "pan.c", "-m200000", "-w22"));
    assertThat(output).doesNotContainPattern(UNFINISHED);
    return new Checked(
        (long) number(ERRORS, output), number(STATES, output), output + trace(output));
  }

  private String trace(String output) {
    return output.contains("wrote swap.pml.trail")
        ? run(List.of(program("SPIN"), "-Pcat", "-t", "-g", "swap.pml"))
        : "";
  }

  private static double number(Pattern pattern, String output) {
    Matcher found = pattern.matcher(output);
    assertThat(found.find()).as(output).isTrue();
    return Double.parseDouble(found.group(1));
  }

  private static String program(String variable) {
    String path = System.getenv(variable);
    assertThat(path)
        .as("%s is not set: ./trestle setup fetches Spin and its compiler", variable)
        .isNotBlank();
    return path;
  }

  private String run(List<String> command) {
    try {
      Path out = folder.resolve("out.txt");
      Process process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .start();
      try {
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s does not end", command).isTrue();
      } finally {
        process.destroyForcibly();
      }
      return Files.readString(out);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  static Stream<Setup> setups() {
    return ExplorerTest.setups();
  }

  @ParameterizedTest
  @MethodSource("setups")
  void theProtocolIsSafeAtTheGapOfThePolicy(Setup setup) {
    Checked checked = check(constants(setup));
    System.out.printf("%s: %.0f states%n", setup, checked.states());
    assertThat(checked.errors()).as(checked.output()).isZero();
    assertThat(checked.states()).isGreaterThan(1_000);
  }

  static Stream<Setup> participants() {
    return ExplorerTest.participants();
  }

  @ParameterizedTest
  @MethodSource("participants")
  void oneTickLessHasACounterexample(Setup setup) {
    Checked checked = check(constants(setup.oneTickShort()));
    assertThat(checked.errors()).as(checked.output()).isPositive();
    assertThat(checked.output()).contains("assertion violated");
  }

  /** R6 and R7: a signature that is given away too early is as good as the coins. */
  @Test
  void cooperationThatDoesNotAskFirstHasACounterexample() {
    List<Setup> both = new ArrayList<>();
    Timing soft = new Timing(1, 1, 1, 1, 1, 0, true);
    both.add(Setup.of(Role.PARTICIPANT, 1, List.of(soft, soft)));
    both.add(Setup.of(Role.INITIATOR, 1, List.of(soft, soft)));
    for (Setup setup : both) {
      Map<String, Long> careless = constants(setup);
      careless.put("ASK_CLAIM", 0L);
      assertThat(check(careless).errors()).as("R7, %s", setup).isPositive();
    }
    Map<String, Long> careless = constants(both.getFirst());
    careless.put("ASK_REFUND", 0L);
    assertThat(check(careless).errors()).as("R6").isPositive();
    assertThat(check(constants(both.getFirst())).errors()).isZero();
  }

  /** Where claims are refused from the expiry on, blocks that take others back still count. */
  @Test
  void aHardExpiryWithoutItsReorganisationsHasACounterexample() {
    Timing hard = new Timing(1, 1, 1, 1, 1, 0, false);
    Setup setup = Setup.of(Role.PARTICIPANT, 1, List.of(hard, hard));
    Map<String, Long> short1 = constants(setup);
    long without = setup.expiries().getFirst() - hard.irreversible();
    short1.put("T_PAID", without);
    assertThat(check(short1).errors()).isPositive();
  }
}
