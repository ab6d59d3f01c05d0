package dev.trestle.lightclient.cometbft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.trestle.lightclient.vectors.CaseResult;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every case of every vector file of the families of this module. */
class VectorsTest {
  @ParameterizedTest
  @CsvSource({
    "src/test/resources/vectors/tendermint, 119",
    "src/test/resources/vectors/ics23, 120"
  })
  void everyCaseMatches(String folder, int atLeast) {
    List<CaseResult> results = VectorFolders.run(Path.of(folder));
    Map<String, Integer> counts = new TreeMap<>();
    for (CaseResult each : results) {
      String kind = each.expected().kind().toString().toLowerCase(java.util.Locale.ROOT);
      counts.merge(each.family() + " " + kind, 1, Integer::sum);
    }
    System.out.println("Vector cases: " + counts);
    assertThat(results.stream().filter(each -> !each.match()).toList()).isEmpty();
    assertThat(results).hasSizeGreaterThanOrEqualTo(atLeast);
  }
}
