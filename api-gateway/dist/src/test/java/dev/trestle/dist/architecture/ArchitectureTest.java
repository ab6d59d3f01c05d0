package dev.trestle.dist.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The dependency arrows of the design (section 2), and where foreign libraries may be used. */
class ArchitectureTest {
  private static final String ROOT = "dev.trestle.";

  /** Package root of each layer and the layers it may use, itself and the base always included. */
  private static final Map<String, List<String>> ARROWS = arrows();

  private static final JavaClasses PRODUCTION =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.trestle");

  private static Map<String, List<String>> arrows() {
    Map<String, List<String>> arrows = new TreeMap<>();
    List<String> base = List.of("base");
    List<String> crypto = plus(base, "crypto");
    List<String> proofs = plus(crypto, "proofs");
    List<String> core = plus(proofs, "lightclient");
    List<String> spi = plus(core, "adapter");
    List<String> consensus = plus(crypto, "relay.consensus");
    List<String> ledger = plus(core, "relay.ledger");
    arrows.put("base", base);
    arrows.put("crypto", crypto);
    arrows.put("proofs", proofs);
    arrows.put("lightclient", core);
    arrows.put("lightclient.bitcoin", plus(core, "lightclient.bitcoin"));
    arrows.put("lightclient.attested", plus(core, "lightclient.attested"));
    arrows.put("lightclient.ethereum", plus(core, "lightclient.ethereum"));
    arrows.put("lightclient.poa", plus(core, "lightclient.poa"));
    arrows.put("lightclient.cometbft", plus(core, "lightclient.cometbft"));
    arrows.put("lightclient.trestle", plus(core, "relay.verifier", "lightclient.trestle"));
    arrows.put("lightclient.polkadot", plus(core, "lightclient.polkadot"));
    arrows.put("lightclient.xrpl", plus(core, "lightclient.xrpl"));
    arrows.put("lightclient.fabric", plus(core, "lightclient.fabric"));
    arrows.put("lightclient.corda", plus(core, "lightclient.corda"));
    arrows.put("adapter", spi);
    arrows.put("adapter.sim", plus(spi, "adapter.sim"));
    arrows.put("adapter.bitcoin", plus(spi, "adapter.bitcoin", "lightclient.bitcoin"));
    arrows.put("adapter.ethereum", plus(spi, "adapter.ethereum", "lightclient.attested"));
    arrows.put("htlc", plus(spi, "htlc"));
    arrows.put("htlc.simulation", plus(spi, "adapter.sim", "htlc", "htlc.simulation"));
    arrows.put("notary", plus(spi, "notary"));
    arrows.put("relay.consensus", consensus);
    arrows.put("relay.verifier", plus(crypto, "relay.verifier"));
    arrows.put("relay.ledger", ledger);
    arrows.put("relay.node", plus(ledger, "relay.consensus", "relay.node"));
    arrows.put(
        "relay.bench",
        plus(
            ledger,
            "relay.consensus",
            "relay.node",
            "lightclient.bitcoin",
            "lightclient.attested",
            "relay.bench"));
    arrows.put("relay.relayer", plus(ledger, "adapter", "relay.relayer"));
    arrows.put(
        "relay.simulation",
        plus(
            ledger,
            "relay.consensus",
            "relay.node",
            "lightclient.bitcoin",
            "lightclient.attested",
            "relay.simulation"));
    arrows.put(
        "gateway",
        plus(
            ledger,
            "adapter",
            "relay.consensus",
            "relay.node",
            "relay.relayer",
            "htlc",
            "notary",
            "sdk",
            "gateway"));
    arrows.put("sdk", plus(ledger, "adapter", "relay.consensus", "relay.verifier", "htlc", "sdk"));
    arrows.put(
        "cli", plus(ledger, "adapter", "relay.consensus", "relay.verifier", "htlc", "sdk", "cli"));
    return arrows;
  }

  private static List<String> plus(List<String> layers, String... more) {
    List<String> all = new ArrayList<>(layers);
    all.addAll(List.of(more));
    return List.copyOf(all);
  }

  /** The layer of a package: the longest root that it starts with. */
  private static String layerOf(String packageName) {
    String layer = "";
    for (String candidate : ARROWS.keySet()) {
      String root = ROOT + candidate;
      if ((packageName.equals(root) || packageName.startsWith(root + "."))
          && candidate.length() > layer.length()) {
        layer = candidate;
      }
    }
    return layer;
  }

  private static ArchRule arrowsOnly() {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage("dev.trestle..")
        .should(
            new com.tngtech.archunit.lang.ArchCondition<>("follow the arrows of the design") {
              @Override
              public void check(
                  com.tngtech.archunit.core.domain.JavaClass item,
                  com.tngtech.archunit.lang.ConditionEvents events) {
                String from = layerOf(item.getPackageName());
                if (from.isEmpty()) {
                  return; // dist: the composition root may name everything
                }
                for (var dependency : item.getDirectDependenciesFromSelf()) {
                  String target = dependency.getTargetClass().getPackageName();
                  String to = layerOf(target);
                  boolean ours = target.startsWith(ROOT);
                  if (ours && !ARROWS.get(from).contains(to)) {
                    events.add(
                        com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                            dependency,
                            from + " may not use " + target + ": " + dependency.getDescription()));
                  }
                }
              }
            });
  }

  private static ArchRule only(List<String> layers, String library) {
    String[] packages = layers.stream().map(layer -> ROOT + layer + "..").toArray(String[]::new);
    return ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .and()
        .resideOutsideOfPackage("dev.trestle.dist..")
        .and()
        .resideInAPackage("dev.trestle..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  @Test
  void modulesFollowTheArrows() {
    assertThat(PRODUCTION).isNotEmpty();
    arrowsOnly().check(PRODUCTION);
  }

  @Test
  void librariesStayWhereTheyBelong() {
    only(List.of("adapter.bitcoin"), "org.bitcoinj..").check(PRODUCTION);
    only(List.of("adapter.ethereum"), "org.web3j..").check(PRODUCTION);
    only(List.of("relay.node"), "org.rocksdb..").allowEmptyShould(true).check(PRODUCTION);
    only(List.of("gateway"), "com.hazelcast..").check(PRODUCTION);
    only(
            List.of(
                "adapter",
                "relay.node",
                "relay.bench",
                "relay.relayer",
                "gateway",
                "htlc",
                "notary",
                "sdk",
                "cli"),
            "io.vertx..")
        .check(PRODUCTION);
  }

  @Test
  void pureLayersReadNoClockAndOpenNothing() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideInAnyPackage(
            "dev.trestle.lightclient..",
            "dev.trestle.proofs..",
            "dev.trestle.relay.consensus..",
            "dev.trestle.relay.ledger..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.net..", "java.nio.channels..", "java.io.File..", "java.util.concurrent..")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(java.time.Instant.class, "now")
        .orShould()
        .callMethod(Math.class, "random")
        .check(PRODUCTION);
  }

  /** The rule can fail: a class of the consensus layer that names Vert.x is in the test sources. */
  @Test
  void aSeededViolationIsCaught() {
    JavaClasses seeded =
        new ClassFileImporter().importPackages("dev.trestle.relay.consensus.seeded");
    assertThat(seeded).isNotEmpty();
    assertThatThrownBy(() -> only(List.of("relay.node"), "io.vertx..").check(seeded))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("ForbiddenDependency");
    assertThatThrownBy(() -> arrowsOnly().check(seeded))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("relay.consensus may not use");
  }
}
