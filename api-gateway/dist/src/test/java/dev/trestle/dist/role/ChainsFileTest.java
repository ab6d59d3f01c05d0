package dev.trestle.dist.role;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.base.TimeSource;
import dev.trestle.sdk.Chains;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains of a file of which some cannot be used. */
final class ChainsFileTest {
  private static final String FAULTY = "eip155:1";
  private static final String BEHIND = "eip155:2";

  @TempDir private Path folder = Path.of(".");

  /** Whatever goes wrong with one: here no address at all, at which the adapter is not ready. */
  @Test
  void anEntryThatFailsDoesNotKeepThoseBehindItFromBeingLookedAt() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("chains.json"),
            """
            [{"adapter": "ethereum", "chain": "%s", "endpoints": [null], "options": {}},
             {"adapter": "nothing", "chain": "%s", "endpoints": [], "options": {}}]
            """
                .formatted(FAULTY, BEHIND));
    Vertx vertx = Vertx.vertx();
    try (Chains chains = new Chains(vertx, TimeSource.system());
        ChainsFile looked = new ChainsFile(file, chains).start()) {
      assertThat(looked.states()).containsOnlyKeys(FAULTY, BEHIND);
      assertThat(looked.states().get(BEHIND))
          .hasValueSatisfying(
              trouble -> assertThat(trouble.detail()).isEqualTo("no adapter is called nothing"));
      assertThat(looked.states().get(FAULTY)).isPresent();
    } finally {
      vertx.close();
    }
  }
}
