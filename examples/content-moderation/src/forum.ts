// The data behind the API. All of it is made up.

export interface Post {
  readonly id: string;
  readonly author: string;
  readonly reportedFor: string;
}

export interface Forum {
  readonly posts: Map<string, Post>;
  readonly suspended: Set<string>;
}

/** Two reported posts of two users. */
export function createForum(): Forum {
  const reported: readonly Post[] = [
    { id: 'post-91827', author: 'usr-482', reportedFor: 'harassment' },
    { id: 'post-55123', author: 'usr-901', reportedFor: 'spam' },
  ];
  return { posts: new Map(reported.map((post) => [post.id, post])), suspended: new Set() };
}
