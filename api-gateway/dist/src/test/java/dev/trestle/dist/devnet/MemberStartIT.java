package dev.trestle.dist.devnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.trestle.adapter.AdapterError;
import dev.trestle.adapter.AdapterException;
import dev.trestle.dist.role.ConfigFiles;
import dev.trestle.dist.role.NotaryProcess;
import dev.trestle.sdk.Chains;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A committee member whose node of one chain is away, or of another chain: real nodes and ports.
 */
@Timeout(value = 8, unit = TimeUnit.MINUTES)
final class MemberStartIT {
  private static final String EVM = Devnet.EVM.toString();
  private static final String OTHER = "eip155:1337";
  private static final int SECONDS = 120;

  @TempDir Path dir;

  private final List<ILoggingEvent> said = new CopyOnWriteArrayList<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.trestle.dist.role");
  private final AppenderBase<ILoggingEvent> ear =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          said.add(event);
        }
      };
  private final int evmPort = Ports.free();
  private final int otherPort = Ports.free();
  private final int metricsPort = Ports.free();
  private ProcessRegistry registry;
  private DevnetFiles files;

  @BeforeEach
  void prepare() {
    registry = new ProcessRegistry(dir.resolve("processes"));
    files = new DevnetFiles(dir.resolve("hub"));
    files.createGenesis(System.currentTimeMillis());
    ear.start();
    logger.addAppender(ear);
  }

  @AfterEach
  void end() {
    logger.detachAppender(ear);
    registry.running().forEach(ProcessHandle::destroyForcibly);
  }

  private Child anvil(int port, String chain) {
    List<String> command =
        List.of(
            ChainNode.executable("ANVIL"),
            "--host",
            "127.0.0.1",
            "--port",
            Integer.toString(port),
            "--chain-id",
            chain.substring("eip155:".length()),
            "--silent");
    Child child =
        Child.start(registry, "anvil-" + chain, dir.resolve("anvil.log"), command, Map.of());
    NodeRpc rpc = new NodeRpc(URI.create(url(port)));
    child.awaitReady(() -> rpc.answers("eth_chainId"), SECONDS);
    return child;
  }

  private static String url(int port) {
    return "http://127.0.0.1:" + port;
  }

  private static Chains.Entry entry(String chain, int port) {
    return new Chains.Entry("ethereum", chain, List.of(url(port)), Map.of("poll-millis", "200"));
  }

  /** Configures member 0 with these nodes; nobody else of the hub is there. */
  private Path configure(Chains.Entry... chains) {
    new DevnetConfigs(files, new Loopback(0)).write(List.of(chains));
    Path node = files.notary(0).resolve("node.json");
    Map<Object, Object> keys = new LinkedHashMap<>();
    Map<?, ?> written = ConfigFiles.read(node, Map.class);
    written.forEach(keys::put);
    keys.put("metricsPort", metricsPort);
    ConfigFiles.write(node, keys);
    return files.notary(0).resolve("config.json");
  }

  /** Value of a line of {@code /metrics}. */
  private double metric(String name) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      String text =
          http.send(
                  HttpRequest.newBuilder(URI.create(url(metricsPort) + "/metrics")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      return text.lines()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow(() -> new AssertionError(name + " in " + text));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private double usable(String chain) {
    return metric("trestle_notary_chain_usable{chain=\"" + chain + "\"}");
  }

  private boolean isSaid(Level level, String what) {
    return said.stream()
        .anyMatch(
            event -> event.getLevel() == level && event.getFormattedMessage().startsWith(what));
  }

  private static void refuses(Path config, AdapterError error) {
    assertThatThrownBy(() -> NotaryProcess.start(config))
        .isInstanceOfSatisfying(
            AdapterException.class, refused -> assertThat(refused.error()).isEqualTo(error));
  }

  @Test
  void nodeThatIsAwayKeepsNothingElseFromWorkingAndAnotherChainIsRefused() {
    Child other = anvil(otherPort, OTHER);

    // at the start: refused, and nothing stays open that the next start would find in use
    refuses(configure(entry(OTHER, otherPort), entry(EVM, otherPort)), AdapterError.WRONG_CHAIN);
    Chains.Entry nonsense =
        new Chains.Entry("ethereum", EVM, List.of(url(evmPort)), Map.of("no-such-key", "1"));
    refuses(configure(entry(OTHER, otherPort), nonsense), AdapterError.BAD_CONFIG);

    Path config = configure(entry(OTHER, otherPort), entry(EVM, evmPort));
    try (NotaryProcess member = NotaryProcess.start(config)) {
      assertThat(member).as("it starts").isNotNull();
      assertThat(isSaid(Level.WARN, EVM + " cannot be used: unreachable")).isTrue();
      assertThat(usable(EVM)).isZero();
      assertThat(usable(OTHER)).isEqualTo(1);
      assertThat(metric("trestle_notary_halted")).isZero();

      // later: refused as loudly
      Child false31337 = anvil(evmPort, OTHER);
      false31337.awaitReady(
          () -> isSaid(Level.ERROR, EVM + " cannot be used: wrong-chain"), SECONDS);
      assertThat(usable(EVM)).isZero();
      false31337.kill();

      Child right = anvil(evmPort, EVM);
      right.awaitReady(() -> usable(EVM) == 1, SECONDS);
      assertThat(isSaid(Level.WARN, EVM + " can be used again")).isTrue();

      right.kill();
      other.awaitReady(() -> usable(EVM) == 0, SECONDS);
    }
    assertThat(said.stream().filter(event -> event.getFormattedMessage().startsWith(OTHER)))
        .as("of the chain that was there all the time")
        .isEmpty();
  }
}
