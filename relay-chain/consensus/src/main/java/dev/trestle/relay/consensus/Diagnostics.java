package dev.trestle.relay.consensus;

import dev.trestle.base.Hash32;
import dev.trestle.crypto.EvmAddress;
import java.util.List;
import java.util.Optional;

/**
 * Where a height stands and for whom it waits.
 *
 * @param running whether the round timer runs; false in an idle chain
 * @param proposed the block accepted in this round
 * @param preparedRound -1 if nothing is prepared
 * @param missingPrepares validators whose PREPARE for the accepted block is not here
 * @param missingCommits the same for COMMIT
 * @param missingRoundChanges validators not known to have reached this round
 */
public record Diagnostics(
    long height,
    int round,
    boolean running,
    EvmAddress proposer,
    Optional<Hash32> proposed,
    int preparedRound,
    List<EvmAddress> missingPrepares,
    List<EvmAddress> missingCommits,
    List<EvmAddress> missingRoundChanges) {}
