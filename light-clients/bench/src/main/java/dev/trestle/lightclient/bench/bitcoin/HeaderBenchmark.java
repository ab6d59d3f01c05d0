package dev.trestle.lightclient.bench.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.HeaderRules;
import dev.trestle.lightclient.bitcoin.sync.HeaderSync;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.concurrent.TimeUnit;
import org.bitcoinj.base.BitcoinNetwork;
import org.bitcoinj.core.Block;
import org.bitcoinj.core.BlockChain;
import org.bitcoinj.core.Context;
import org.bitcoinj.core.NetworkParameters;
import org.bitcoinj.store.MemoryBlockStore;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** The same 10,236 real headers through our rules, bitcoinj's, and the bare hash. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 6, time = 3)
@Fork(1)
@State(Scope.Benchmark)
public class HeaderBenchmark {
  private static final int COUNT = 10_236;
  private static final int LITECOIN_COUNT = 300;

  private final Bytes headers = RealHeaders.mainnet();
  private final Bytes litecoin = RealHeaders.litecoin();

  /** All rules, from genesis. */
  @Benchmark
  @OperationsPerInvocation(COUNT)
  public HeaderSync trestle() {
    HeaderSync sync = HeaderSync.fromGenesis(BitcoinNetworks.BITCOIN_MAINNET, 100);
    if (!sync.add(headers, HeaderRules.NO_CLOCK).orThrow().equals(COUNT)) {
      throw new IllegalStateException("not all headers were new");
    }
    return sync;
  }

  /** bitcoinj's own checks: a chain without wallets over a store in memory. */
  @Benchmark
  @OperationsPerInvocation(COUNT)
  public BlockChain bitcoinj() throws Exception {
    Context.propagate(new Context());
    NetworkParameters parameters = NetworkParameters.of(BitcoinNetwork.MAINNET);
    BlockChain chain =
        new BlockChain(BitcoinNetwork.MAINNET, new MemoryBlockStore(parameters.getGenesisBlock()));
    ByteBuffer all = ByteBuffer.wrap(headers.toArray());
    for (int i = 0; i < COUNT; i++) {
      byte[] raw = new byte[BlockHeader.SIZE + 1];
      all.get(raw, 0, BlockHeader.SIZE);
      if (!chain.add(Block.read(ByteBuffer.wrap(raw)))) {
        throw new IllegalStateException("bitcoinj did not connect a header");
      }
    }
    return chain;
  }

  /** Two SHA-256 of 80 and 32 bytes each, and nothing else. */
  @Benchmark
  @OperationsPerInvocation(COUNT)
  public byte[] bareHash() throws GeneralSecurityException {
    MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
    byte[] raw = headers.toArray();
    byte[] out = new byte[32];
    for (int at = 0; at < raw.length; at += BlockHeader.SIZE) {
      sha256.update(raw, at, BlockHeader.SIZE);
      sha256.digest(out, 0, 32);
      sha256.update(out, 0, 32);
      sha256.digest(out, 0, 32);
    }
    return out;
  }

  /** Litecoin with scrypt, on all processors. */
  @Benchmark
  @OperationsPerInvocation(LITECOIN_COUNT)
  @Threads(1)
  public HeaderSync litecoin() {
    HeaderSync sync = HeaderSync.fromGenesis(BitcoinNetworks.LITECOIN_TESTNET4, 100);
    sync.add(litecoin, HeaderRules.NO_CLOCK).orThrow();
    return sync;
  }
}
