package dev.trestle.lightclient.ethereum;

import dev.trestle.base.Bytes;
import dev.trestle.base.CanonicalReader;
import dev.trestle.base.CanonicalWriter;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.BlsKeySet;
import dev.trestle.lightclient.ClientDelta;
import dev.trestle.lightclient.ClientStatus;
import dev.trestle.lightclient.ClientView;
import dev.trestle.lightclient.ethereum.BeaconFork.HeaderForm;
import java.util.Optional;

/**
 * The client's part of the authenticated state: settings, the light client store, the validated
 * keys of its committees, and a ring of final blocks.
 *
 * @param frozen whether misbehaviour was proved
 * @param accepted final blocks so far; the next one takes ring slot {@code accepted % WINDOW}
 * @param latest the newest final block
 */
record EthereumState(
    EthereumAnchor.Settings settings,
    boolean frozen,
    LightClientStore store,
    long accepted,
    FinalBlock latest) {
  /** Final blocks that are kept to prove against: 18 days of mainnet. */
  static final int WINDOW = 4_096;

  private static final int VERSION = 1;
  private static final int MAX_HEADER = 4_096;
  private static final Bytes SETTINGS = Bytes.utf8("settings");
  private static final Bytes STORE = Bytes.utf8("store");

  /** Empty if the client is not initialised. */
  static Optional<EthereumState> load(ClientView view) {
    Optional<Bytes> settings = view.get(SETTINGS);
    Optional<Bytes> store = view.get(STORE);
    if (settings.isEmpty() || store.isEmpty()) {
      return Optional.empty();
    }
    EthereumAnchor.Settings decoded =
        CanonicalReader.decode(settings.get(), EthereumAnchor.Settings::read);
    return Optional.of(CanonicalReader.decode(store.get(), in -> read(decoded, in)));
  }

  void save(ClientDelta.Builder delta) {
    CanonicalWriter settingsOut = new CanonicalWriter();
    settings.write(settingsOut);
    CanonicalWriter out = new CanonicalWriter().u8(VERSION).bool(frozen);
    writeHeader(out, store.finalized());
    writeHeader(out, store.optimistic());
    out.hash(store.currentCommittee()).optional(store.nextCommittee(), CanonicalWriter::hash);
    out.u32(store.previousMaxParticipants()).u32(store.currentMaxParticipants()).u64(accepted);
    latest.write(out);
    delta.put(SETTINGS, settingsOut.toBytes()).put(STORE, out.toBytes());
  }

  private static EthereumState read(EthereumAnchor.Settings settings, CanonicalReader in) {
    int version = in.u8();
    if (version != VERSION) {
      throw new DecodeException("state version " + version);
    }
    boolean frozen = in.bool();
    LightClientHeader finalized = readHeader(in);
    LightClientHeader optimistic = readHeader(in);
    LightClientStore store =
        new LightClientStore(
            finalized,
            in.hash(),
            in.optional(CanonicalReader::hash),
            Optional.empty(),
            optimistic,
            Math.toIntExact(in.u32()),
            Math.toIntExact(in.u32()));
    return new EthereumState(settings, frozen, store, in.u64(), FinalBlock.read(in));
  }

  private static void writeHeader(CanonicalWriter out, LightClientHeader header) {
    out.u8(BeaconFork.of(header.form()).code()).bytes(header.encode());
  }

  private static LightClientHeader readHeader(CanonicalReader in) {
    HeaderForm form = BeaconFork.byCode(in.u8()).headerForm();
    return LightClientHeader.decode(in.bytes(MAX_HEADER), form);
  }

  BeaconNetwork network() {
    return settings.network();
  }

  EthereumState freeze() {
    return new EthereumState(settings, true, store, accepted, latest);
  }

  /** By the age of the newest final block: a client that sees no finality expires. */
  ClientStatus status(long nowSeconds) {
    if (frozen) {
      return ClientStatus.FROZEN;
    }
    long age = nowSeconds - network().timeAt(latest.slot());
    if (age > settings.trustingPeriodSeconds()) {
      return ClientStatus.EXPIRED;
    }
    return age > settings.trustingPeriodSeconds() / 3 * 2
        ? ClientStatus.EXPIRING
        : ClientStatus.ACTIVE;
  }

  static BlsKeySet keys(ClientView view, Hash32 committee) {
    return view.get(committeeKey(committee))
        .map(BlsKeySet::stored)
        .orElseThrow(() -> new IllegalStateException("no keys of committee " + committee));
  }

  static void putKeys(ClientDelta.Builder delta, Hash32 committee, BlsKeySet keys) {
    delta.put(committeeKey(committee), keys.encode());
  }

  static void deleteKeys(ClientDelta.Builder delta, Hash32 committee) {
    delta.delete(committeeKey(committee));
  }

  static Bytes committeeKey(Hash32 committee) {
    return Bytes.concat(Bytes.utf8("committee/"), committee.bytes());
  }
}
