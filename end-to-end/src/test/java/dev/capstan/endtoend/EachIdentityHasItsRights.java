package dev.capstan.endtoend;

import org.junit.jupiter.api.Test;

/** What each of Capstan's identities may do at a cluster's API, as a contract: the same on whatever serves that API. */
interface EachIdentityHasItsRights {

    /** Of a cluster with two nodes whose agents have identities of their own. */
    Identities identities();

    @Test
    default void agentOfOneNodeMayDoWhatTheDesignSaysAndNothingElse() throws Exception {
        identities().agentOfOneNode().isAllThatIsGranted();
    }

    @Test
    default void agentsOfADaemonSetMayDoWhatTheDesignSaysAndNothingElse() throws Exception {
        identities().agentsOfTheDaemonSet().isAllThatIsGranted();
    }

    @Test
    default void controllerMayDoWhatItIsForAndNothingElse() throws Exception {
        identities().controller().isAllThatIsGranted();
    }
}
