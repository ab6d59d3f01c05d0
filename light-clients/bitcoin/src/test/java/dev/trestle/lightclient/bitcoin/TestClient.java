package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.Hash32;
import dev.trestle.base.ReasonCode;
import dev.trestle.base.Verdict;
import dev.trestle.lightclient.Budget;
import dev.trestle.lightclient.Claim;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.ProvenFact;
import dev.trestle.lightclient.VerifiedUpdate;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A client with its state in a map, as the ledger holds it. */
final class TestClient {
  static final long BUDGET = 1_000_000_000_000L;
  static final long FAR_FUTURE = 0xffff_ffffL;

  final BitcoinLightClient client;
  TreeMap<Bytes, Bytes> state = new TreeMap<>();

  private TestClient(ChainParameters parameters) {
    this.client =
        new BitcoinLightClient(
            id -> id.equals(parameters.id()) ? Optional.of(parameters) : Optional.empty());
  }

  static TestClient at(ChainParameters parameters, Anchor anchor) {
    TestClient out = new TestClient(parameters);
    out.write(out.client.initialize(anchor.encode(), new Budget(BUDGET)).orThrow());
    return out;
  }

  static TestClient atGenesis(ChainParameters parameters) {
    return atGenesis(parameters, ClientSettings.of(parameters));
  }

  static TestClient atGenesis(ChainParameters parameters, ClientSettings settings) {
    return at(parameters, new AnchorBuilder(parameters, settings).genesis());
  }

  /** From a header whose ancestors are not at hand. */
  static TestClient atStored(ChainParameters parameters, StoredHeader first) {
    TestClient out = new TestClient(parameters);
    HeaderStore store = HeaderStore.empty();
    Hash32 id = first.header().id();
    store.putSettings(ClientSettings.of(parameters));
    store.putHeader(first);
    store.putBest(first.height(), id);
    store.putTip(new ChainTip(id, first.height(), first.chainWork(), first.height()));
    out.write(store.delta());
    return out;
  }

  ClientView view() {
    return key -> Optional.ofNullable(state.get(key));
  }

  void write(ClientDelta delta) {
    delta
        .writes()
        .forEach(
            (key, value) ->
                value.ifPresentOrElse(bytes -> state.put(key, bytes), () -> state.remove(key)));
  }

  Verdict<VerifiedUpdate> verify(List<BlockHeader> headers, long now) {
    Bytes message = client.encodeUpdate(headers.stream().map(BlockHeader::raw).toList());
    return client.verify(view(), message, new Budget(BUDGET), now);
  }

  /** Verifies and applies; the reason's code or {@code accepted}. */
  String feed(List<BlockHeader> headers, long now) {
    for (int from = 0; from < headers.size(); from += HeaderMessage.MAX_HEADERS) {
      int to = Math.min(headers.size(), from + HeaderMessage.MAX_HEADERS);
      Verdict<VerifiedUpdate> verdict = verify(headers.subList(from, to), now);
      if (!(verdict instanceof Verdict.Accepted<VerifiedUpdate>(VerifiedUpdate update))) {
        return code(verdict);
      }
      write(client.apply(view(), update));
    }
    return "accepted";
  }

  String feed(List<BlockHeader> headers) {
    return feed(headers, FAR_FUTURE);
  }

  Verdict<ProvenFact> prove(Claim claim) {
    return client.membership(view(), claim, new Budget(BUDGET));
  }

  Verdict<ClientDelta> recover(TestClient substitute) {
    return client.recover(view(), substitute.view(), new Budget(BUDGET), FAR_FUTURE);
  }

  /** The whole state as writes. */
  SortedMap<Bytes, Optional<Bytes>> asWrites() {
    SortedMap<Bytes, Optional<Bytes>> writes = new TreeMap<>();
    state.forEach((key, value) -> writes.put(key, Optional.of(value)));
    return writes;
  }

  Hash32 tip() {
    return client.latest(view()).id();
  }

  long height() {
    return client.latest(view()).height();
  }

  BigInteger work() {
    return new HeaderStore(view()).tip().chainWork();
  }

  static String code(Verdict<?> verdict) {
    return switch (verdict) {
      case Verdict.Accepted<?> accepted -> "accepted";
      case Verdict.Ignored<?>(ReasonCode reason, String detail) -> reason.code();
      case Verdict.Rejected<?>(ReasonCode reason, String detail) -> reason.code();
      case Verdict.Later<?>(ReasonCode reason, String detail) -> reason.code();
    };
  }

  /** An easy network of its own for synthetic chains. */
  static ChainParameters synthetic(BlockHeader genesis, DifficultyParameters difficulty) {
    return new ChainParameters(
        "synthetic",
        PowHash.SHA256D,
        genesis,
        difficulty,
        new TreeMap<>(),
        BitcoinNetworks.BITCOIN_REGTEST.addresses(),
        1,
        0);
  }
}
