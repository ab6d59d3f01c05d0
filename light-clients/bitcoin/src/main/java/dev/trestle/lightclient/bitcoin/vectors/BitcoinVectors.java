package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorFormat;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.List;

/** The vector formats of Bitcoin and Litecoin. */
public final class BitcoinVectors implements VectorFormat {
  private static final List<Reader> READERS =
      List.of(
          new HeaderFiles(),
          new HeaderJson(),
          new ForeignRelays(),
          new RuleCases(),
          new RetargetCases(),
          new CheckpointCases(),
          new InclusionCases(),
          new SpvCases(),
          new FilterCases());

  /** One or more formats. */
  interface Reader {
    /** Foreign when the file is of another format. */
    VectorReading read(VectorFile file);
  }

  @Override
  public String family() {
    return "bitcoin";
  }

  @Override
  public List<String> folders() {
    return List.of("bitcoin", "litecoin");
  }

  @Override
  public VectorReading read(VectorFile file) {
    for (Reader reader : READERS) {
      VectorReading reading = reader.read(file);
      if (!(reading instanceof VectorReading.Foreign)) {
        return reading;
      }
    }
    return VectorReading.foreign();
  }
}
