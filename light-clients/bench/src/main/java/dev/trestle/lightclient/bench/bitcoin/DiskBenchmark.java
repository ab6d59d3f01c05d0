package dev.trestle.lightclient.bench.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.sync.HeaderSync;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * 900,000 headers from a file to a tip with all rules checked and every header kept, in a heap of
 * 128 MB: a start of the program (no warm-up) and later ones.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 4)
@Fork(value = 2, jvmArgsAppend = "-Xmx128m")
@State(Scope.Benchmark)
public class DiskBenchmark {
  private static final int COUNT = 900_000;
  private static final int BATCH = 4_000 * BlockHeader.SIZE;

  private Path file = Path.of("headers");

  @Setup
  public void mine() throws IOException {
    file = Files.createTempFile("headers", ".bin");
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
      SyntheticChain.write(COUNT, out);
    }
  }

  @TearDown
  public void delete() throws IOException {
    Files.delete(file);
  }

  @Benchmark
  public double load() throws IOException {
    HeaderSync sync = HeaderSync.fromGenesis(SyntheticChain.NETWORK, 100);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] batch = in.readNBytes(BATCH);
      while (batch.length > 0) {
        sync.add(Bytes.wrap(batch), HeaderRules.NO_CLOCK).orThrow();
        batch = in.readNBytes(BATCH);
      }
    }
    if (sync.head().height() != COUNT || sync.bytesPerHeader() > 100) {
      throw new IllegalStateException(sync.head() + ", " + sync.bytesPerHeader());
    }
    return sync.bytesPerHeader();
  }
}
