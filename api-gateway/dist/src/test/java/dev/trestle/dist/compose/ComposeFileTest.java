package dev.trestle.dist.compose;

import static dev.trestle.dist.compose.ComposeFile.map;
import static dev.trestle.dist.compose.ComposeFile.strings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.trestle.dist.TrestleMain;
import dev.trestle.dist.devnet.ComposeTopology;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** docker-compose.yml says what the program understands, and opens nothing that it need not. */
final class ComposeFileTest {
  /** Routes of a gateway and of a node's own server that a health check may ask. */
  private static final Set<String> HEALTH = Set.of("/healthz", "/readyz");

  private static final Set<String> FOREIGN = Set.of("bitcoind", "anvil");

  private Map<String, Map<String, Object>> services = Map.of();

  @BeforeEach
  void load() {
    services = ComposeFile.load().services();
  }

  @Test
  void hasTheServicesOfANetwork() {
    Set<String> expected = new TreeSet<>(FOREIGN);
    expected.addAll(List.of("init", "gateway", "operator"));
    for (int i = 0; i < 4; i++) {
      expected.add("validator-" + i);
    }
    for (int i = 0; i < 5; i++) {
      expected.add("notary-" + i);
    }
    assertThat(services.keySet()).isEqualTo(expected);
  }

  @Test
  void everyServiceIsHardened() {
    assertThat(services).allSatisfy((name, service) -> assertThat(openings(service)).isEmpty());
  }

  @Test
  void anOpenServiceIsNoticed() {
    Map<String, Object> open = new TreeMap<>(services.get("gateway"));
    open.put("privileged", true);
    open.put("ports", List.of("8080:8080"));
    open.put("image", "trestle:latest");
    open.put("tmpfs", List.of("/tmp:exec"));
    open.remove("cap_drop");
    assertThat(openings(open))
        .containsExactly("privileged", "cap_drop", "tmpfs", "latest", "port 8080:8080");
  }

  @Test
  void everyCommandOfOursParses() {
    services.forEach(
        (name, service) -> {
          if (!FOREIGN.contains(name)) {
            assertThat(parse(strings(service.get("command")))).as(name).isNotEmpty();
          }
        });
    assertThatThrownBy(() -> parse(List.of("devnet", "innit", "--dir", "x")))
        .isInstanceOf(CommandLine.ParameterException.class);
  }

  @Test
  void healthChecksAskWhatIsServed() {
    ComposeTopology topology = new ComposeTopology();
    services.forEach(
        (name, service) -> {
          if (FOREIGN.contains(name) || !service.containsKey("healthcheck")) {
            return;
          }
          List<String> test = strings(map(service.get("healthcheck")).get("test"));
          URI asked = URI.create(test.getLast());
          int port = name.equals("gateway") ? topology.gatewayPort() : topology.rpcPort(name);
          assertThat(asked.getPort()).as(name).isEqualTo(port);
          assertThat(HEALTH).as(name).contains(asked.getPath());
        });
    assertThat(services.get("validator-0")).containsKey("healthcheck");
    assertThat(services.get("notary-4")).containsKey("healthcheck");
    assertThat(services.get("gateway")).containsKey("healthcheck");
  }

  @Test
  void rolesReadTheFilesThatInitWrites() {
    services.forEach(
        (name, service) -> {
          List<String> command = strings(service.get("command"));
          if (command.contains("--config")) {
            assertThat(command).contains("/var/lib/trestle/network/" + name + "/config.json");
          }
        });
    for (int i = 0; i < 4; i++) {
      assertThat(services).containsKey(new ComposeTopology().validatorHost(i));
    }
    assertThat(services).containsKey(ComposeTopology.GATEWAY.getHost());
  }

  private static List<String> openings(Map<String, Object> service) {
    List<String> found = new ArrayList<>();
    if (service.containsKey("privileged")) {
      found.add("privileged");
    }
    if (!strings(service.get("cap_drop")).equals(List.of("ALL"))
        || service.containsKey("cap_add")) {
      found.add("cap_drop");
    }
    if (!Boolean.TRUE.equals(service.get("read_only"))) {
      found.add("read_only");
    }
    // without options a temporary folder can hold nothing that is executed
    if (!strings(service.get("tmpfs")).equals(List.of("/tmp"))) {
      found.add("tmpfs");
    }
    if (!strings(service.get("security_opt")).contains("no-new-privileges:true")) {
      found.add("security_opt");
    }
    if (!"65532:65532".equals(service.get("user"))) {
      found.add("user");
    }
    if (!service.containsKey("mem_limit") || !service.containsKey("pids_limit")) {
      found.add("limits");
    }
    if (String.valueOf(service.get("network_mode")).equals("host")) {
      found.add("network_mode");
    }
    String image = String.valueOf(service.get("image"));
    if (image.endsWith(":latest") || !image.contains(":")) {
      found.add("latest");
    }
    strings(service.get("ports")).stream()
        .filter(port -> !port.startsWith("127.0.0.1:"))
        .forEach(port -> found.add("port " + port));
    return found;
  }

  private static List<String> parse(List<String> command) {
    TrestleMain.commandLine().parseArgs(command.toArray(String[]::new));
    return command;
  }
}
