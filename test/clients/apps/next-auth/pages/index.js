import { signIn, signOut, useSession } from 'next-auth/react';

export default function Home() {
  const { data: session, status } = useSession();
  if (status === 'loading') return <p>Loading</p>;
  if (!session) return <button onClick={() => signIn()}>Sign in</button>;
  return (
    <>
      <p>
        {session.user.name} {session.user.email}
      </p>
      <button onClick={() => signOut()}>Sign out</button>
    </>
  );
}
